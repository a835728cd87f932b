"""The seams of multiples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}
REUSED = ("f",)


def f(n):
    """n -> {multiples of n below 400}, a new set."""
    return {k for k in range(400) if k % n == 0}


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
