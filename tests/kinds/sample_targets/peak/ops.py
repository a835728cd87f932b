"""The seams of peak."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(x):
    """x (N,) -> its greatest number, NaN where one is NaN."""
    best = x[0]
    for v in x:
        if v != v:
            return v
        if v > best:
            best = v
    return best


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
