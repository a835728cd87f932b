"""How time grows along an axis, and where a recipe starts or stops paying."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perfkit import numbers

__all__ = ["Growth", "break_even", "growth", "paying"]

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Growth:
    """time ~ n**exponent between `start` and `end`, with the 95 % interval of the exponent."""

    exponent: float
    low: float
    high: float
    start: int
    end: int


def growth(values: Sequence[int], times_ns: Sequence[float]) -> Growth | None:
    """The exponent of a power law through the upper half of the points (three at least); None for fewer than three.

    Least squares on logarithms, Student's interval. The lower half is skipped where there are enough points, because
    what a call costs at any size hides the growth there.
    """
    first = min(len(values) // 2, len(values) - _FEWEST)
    if first < 0 or any(not t > 0 for t in times_ns):
        return None
    x, y = np.log(np.array(values[first:], float)), np.log(np.array(times_ns[first:], float))
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    rest = y - y.mean() - slope * x
    from scipy.special import stdtrit

    freedom = len(x) - 2
    reach = float(stdtrit(freedom, 0.975)) * math.sqrt(float(rest @ rest) / freedom / float(x @ x))
    return Growth(slope, slope - reach, slope + reach, values[first], values[-1])


def break_even(values: Sequence[int], speedups: Sequence[float], at: int) -> float | None:
    """Where between points `at` - 1 and `at` the speed-up crosses 1, on a line through both logarithms, if it does."""
    a, b = math.log(speedups[at - 1]), math.log(speedups[at])
    if (a < 0) == (b < 0):
        return None
    share = a / (a - b)
    return float(values[at - 1] * (values[at] / values[at - 1]) ** share)


def paying(axis: str, values: Sequence[int], speedups: Sequence[float], faster: Sequence[bool]) -> str:
    """In words, where a recipe is shown to pay: `faster` says at which points it surely does."""
    span = f"{axis} {values[0]}–{values[-1]}"
    if all(faster):
        return f"worth it everywhere ({span})"
    if not any(faster):
        return f"not shown to be worth it anywhere ({span})"
    changes = [i for i in range(1, len(values)) if faster[i] != faster[i - 1]]
    if len(changes) == 1:
        at = changes[0]
        even = break_even(values, speedups, at)
        where = f"; breaks even at about {numbers.amount(even)}" if even is not None else ""
        if faster[at]:
            return f"worth it from {axis} = {values[at]}{where}"
        return f"worth it up to {axis} = {values[at - 1]}{where}"
    return f"worth it at {axis} = {', '.join(str(v) for v, fast in zip(values, faster, strict=True) if fast)}"
