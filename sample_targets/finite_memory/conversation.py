"""The text that the wrapper is fed: what every CPython ships, cut into messages. No file is downloaded."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["messages", "text"]


@cache
def text() -> str:
    """The English text that every CPython ships, some 465,000 characters."""
    from pydoc_data import topics

    return "\n".join(topics.topics[name] for name in sorted(topics.topics))


@cache
def _pieces(length: int) -> tuple[str, ...]:
    """The text as messages of whole words, about `length` characters each."""
    found = re.findall(rf"\S(?s:.{{{length - 1}}})\S*", text())
    return tuple(found)


def messages(count: int, length: int, start: int) -> list[str]:
    """`count` messages of about `length` characters, one after the other from message `start` on, round and round."""
    pieces = _pieces(length)
    return [pieces[(start + number) % len(pieces)] for number in range(count)]
