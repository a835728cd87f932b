"""The seams of longest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(words):
    """words -> the first of the longest; an empty text where there is none."""
    best = ""
    for word in words:
        if len(word) > len(best):
            best = word
    return best


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
