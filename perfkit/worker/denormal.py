"""The denormal guard: data that decayed, overflowed or went subnormal makes a timing mean something else.

Some processors take a slow path for subnormal floats (IEEE 754 numbers below the smallest normal one), some do
not; a loop that feeds its own output back can drift there without the program ever doing so. The scan runs outside
the clock, after a sample, never before one: it would leave the caches in another state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from perfkit.proof import values

__all__ = ["Health", "scan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How many floats of a tree are subnormal, infinite or NaN, and whether all of them are zero."""

    floats: int = 0
    subnormal: int = 0
    nonfinite: int = 0
    nonzero: int = 0

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong, in words of the sample's flags."""
        found = []
        if self.subnormal:
            found.append("subnormal")
        if self.nonfinite:
            found.append("nonfinite")
        if self.floats and not self.nonzero:
            found.append("decayed")
        return tuple(found)


def scan(tree: Any) -> Health:
    """Count the floats in `tree`, single numbers among them."""
    floats = subnormal = nonfinite = nonzero = 0
    for value in values(tree):
        if not isinstance(value, np.ndarray | np.generic | float | complex):
            continue
        array = np.asarray(value)
        if array.dtype.kind not in "fc":
            continue
        parts = (array.real, array.imag) if array.dtype.kind == "c" else (array,)
        for part in parts:
            size = np.abs(part)
            floats += part.size
            nonzero += int(np.count_nonzero(part))
            subnormal += int(np.count_nonzero((size > 0) & (size < np.finfo(part.dtype).tiny)))
            nonfinite += part.size - int(np.count_nonzero(np.isfinite(part)))
    return Health(floats=floats, subnormal=subnormal, nonfinite=nonfinite, nonzero=nonzero)
