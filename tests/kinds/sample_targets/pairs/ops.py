"""The seams of pairs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> a generator of [left, right], each a new list."""
    for i in range(len(xs) - 1):
        yield [xs[i], xs[i + 1]]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
