"""The seams of sorting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """Sorts xs in place; returns nothing."""
    for i in range(1, len(xs)):
        x = xs[i]
        j = i
        while j and xs[j - 1] > x:
            xs[j] = xs[j - 1]
            j -= 1
        xs[j] = x


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
