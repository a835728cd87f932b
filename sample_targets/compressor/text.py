"""The English text that every CPython ships: one half to learn from, the other to measure on. It needs no array."""

from __future__ import annotations

from functools import cache

__all__ = ["seen", "text", "unseen"]


@cache
def text() -> bytes:
    """Some 465,000 bytes."""
    from pydoc_data import topics

    return "\n".join(topics.topics[name] for name in sorted(topics.topics)).encode("utf-8")


def seen() -> bytes:
    """The half that models are trained on."""
    return text()[: len(text()) // 2]


def unseen() -> bytes:
    """The half that they are not."""
    return text()[len(text()) // 2 :]
