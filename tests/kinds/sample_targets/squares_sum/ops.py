"""The seams of squares_sum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs [int] -> the sum of their squares, exact however large."""
    total = 0
    for x in xs:
        total += x * x
    return total


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
