"""Small parts of sentences: lists of names, nouns with their article. Pure."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["a_or_an", "listed"]


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names with commas between them; an ellipsis stands for those beyond `most`."""
    return f"{', '.join(names[:most])}{' …' if len(names) > most else ''}"


def a_or_an(noun: str) -> str:
    """A noun, such as a type's name, behind its article."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
