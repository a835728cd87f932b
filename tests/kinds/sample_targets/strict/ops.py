"""The seams of strict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(x):
    """x -> its root by Newton's steps; ValueError where x is negative."""
    if x < 0:
        raise ValueError(f"{x} has no root")
    if x == 0:
        return 0.0
    y = x if x > 1 else 1.0
    for _ in range(60):
        y = (y + x / y) / 2
    return y


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
