"""The seams of tally."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(words):
    """words -> {word: count}, a new dict."""
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
