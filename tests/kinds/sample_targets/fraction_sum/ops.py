"""The seams of fraction_sum."""

import fractions
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(pairs):
    """[(numerator, denominator)] -> their sum, a Fraction."""
    total = fractions.Fraction(0)
    for a, b in pairs:
        total = total + fractions.Fraction(a, b)
    return total


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
