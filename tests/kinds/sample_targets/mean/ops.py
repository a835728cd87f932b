"""The seams of mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> their mean; 0.0 where there is none."""
    total = 0
    for x in xs:
        total += x
    return total / len(xs) if xs else 0.0


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
