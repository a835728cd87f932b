"""The seams of summary."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


class Summary:
    """Mean and spread of some numbers."""

    def __init__(self, mean, spread):
        self.mean = mean
        self.spread = spread


def f(xs):
    """xs -> Summary, computed."""
    mean = sum(xs) / len(xs)
    total = 0.0
    for x in xs:
        total += (x - mean) ** 2
    return Summary(mean, total / len(xs))


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
