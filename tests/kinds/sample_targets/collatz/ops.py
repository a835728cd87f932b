"""The seams of collatz."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(ns):
    """ns -> [steps of 3n + 1 until 1], plain Python."""
    out = []
    for n in ns:
        steps = 0
        while n != 1:
            n = 3 * n + 1 if n % 2 else n // 2
            steps += 1
        out.append(steps)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
