"""The seams of sorted_words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


ROUNDS = 1


def ending(word):
    """word -> what it is sorted by."""
    return word.lower()[::-1]


def f(words, again=0):
    """words -> sorted by their endings, a new list."""
    out = []
    for _ in range(ROUNDS + again):
        out = sorted(words, key=ending)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
