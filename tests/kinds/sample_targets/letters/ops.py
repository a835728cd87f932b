"""The seams of letters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}
REUSED = ("f",)


def f(text):
    """text -> {letter: count}, a new dict."""
    counts = {}
    for _ in range(40):
        counts = {}
        for letter in text:
            counts[letter] = counts.get(letter, 0) + 1
    return counts


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
