"""From paired samples to one ratio with an interval.

Rounds inside one process share its memory layout, hash seed and luck, so they are not independent; processes are.
Each process therefore gives one number, the median of its paired log-ratios, and the interval is Student's over
those numbers (the two-level design of Kalibera & Jones, "Rigorous benchmarking in reasonable time", 2013; the
median inside a process because a disturbed round is an outlier on one side only).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfkit.result import Speedup

__all__ = [
    "Estimate",
    "log_ratios",
    "median_standard_error",
    "noise_floor",
    "process_medians",
    "ratio_interval",
    "student_quantile",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A log-ratio before/after (> 0 is faster) with its interval at `level`, over `processes` processes."""

    point: float
    low: float
    high: float
    level: float
    processes: int

    def ratio(self) -> tuple[float, float, float]:
        """(point, low, high) as a speed-up, before/after."""
        return math.exp(self.point), math.exp(self.low), math.exp(self.high)

    def speedup(self) -> Speedup:
        """The same as a row has it."""
        point, low, high = self.ratio()
        return Speedup(point=point, low=low, high=high, level=self.level)


def log_ratios(before_ns: Floats, after_ns: Floats) -> Floats:
    """log(before/after) of each round. Times in nanoseconds per call, (rounds,) each.

    Raises ValueError for unequal lengths, no rounds, or a time that is not a positive finite number.
    """
    before, after = np.asarray(before_ns, np.float64), np.asarray(after_ns, np.float64)
    if before.shape != after.shape or before.ndim != 1 or not before.size:
        raise ValueError(f"need two equally long lists of times, got {before.shape} and {after.shape}")
    for times in (before, after):
        if not np.all(np.isfinite(times)) or np.any(times <= 0):
            raise ValueError("every time must be a positive, finite number of nanoseconds")
    return np.log(before) - np.log(after)


def process_medians(ratios: Floats, process: NDArray[np.int64]) -> Floats:
    """One number a process: the median of its log-ratios. (rounds,), (rounds,) -> (processes,)."""
    values, labels = np.asarray(ratios, np.float64), np.asarray(process)
    if values.shape != labels.shape or not values.size:
        raise ValueError("need one process label for each log-ratio")
    return np.array([np.median(values[labels == p]) for p in np.unique(labels)])


def ratio_interval(per_process: Floats, level: float, blur: float = 0.0) -> Estimate:
    """Student's t interval for the mean of the processes' log-ratios.

    `blur` is what the clock cannot tell apart, as a log-ratio (its resolution by the length of a sample). It widens
    both ends: a coarse clock reads the same wrong number in every process, and spread alone would call that sure.
    Raises ValueError for fewer than two processes, a non-finite value, or a level outside (0, 1).
    """
    values = np.asarray(per_process, np.float64)
    if values.ndim != 1 or values.size < 2:
        raise ValueError(f"an interval needs at least 2 processes, got {values.size}")
    if not np.all(np.isfinite(values)):
        raise ValueError("every process must give a finite log-ratio")
    if not (math.isfinite(blur) and blur >= 0):
        raise ValueError(f"blur must be a finite number from 0, got {blur}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    point = float(np.mean(values))
    error = float(np.std(values, ddof=1)) / math.sqrt(values.size)
    reach = student_quantile(level, values.size) * error + blur
    return Estimate(point=point, low=point - reach, high=point + reach, level=level, processes=values.size)


def student_quantile(level: float, processes: int) -> float:
    """How many standard errors the interval over so many processes reaches to either side of its point."""
    from scipy.special import stdtrit  # 0.1 s to import, and only few commands need it

    return float(stdtrit(processes - 1, 0.5 + level / 2))


def noise_floor(control: Estimate) -> float:
    """How far from 1 identical code may read here: the upper end of the interval of |control/baseline|, minus 1."""
    return math.exp(max(abs(control.low), abs(control.high))) - 1


def median_standard_error(ratios: Sequence[float]) -> float:
    """A robust standard error of the median of one process's log-ratios; infinite below 4 rounds.

    1.4826·MAD estimates the standard deviation, and a median costs sqrt(pi/2) more than a mean. Plain Python: it is
    asked after every round, and numpy takes ten times as long for so few numbers.
    """
    if len(ratios) < 4:
        return math.inf
    middle = statistics.median(ratios)
    spread = 1.4826 * statistics.median([abs(r - middle) for r in ratios])
    return math.sqrt(math.pi / 2) * spread / math.sqrt(len(ratios))
