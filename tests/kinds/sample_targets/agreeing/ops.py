"""The seams of agreeing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs [int] -> their sum."""
    total = 0
    for x in xs:
        total += x
    return total


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
