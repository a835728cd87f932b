"""The seams of prime_tuple."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}
REUSED = ("f",)


def f(n):
    """n -> (its prime factors), immutable."""
    found = []
    d = 2
    while n > 1:
        while n % d == 0:
            found.append(d)
            n //= d
        d += 1
    return tuple(found)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
