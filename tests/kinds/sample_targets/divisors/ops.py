"""The seams of divisors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}
REUSED = ("f",)


def f(n):
    """n -> [its divisors], a new list."""
    return [d for d in range(1, n + 1) if n % d == 0]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
