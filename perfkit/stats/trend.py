"""Does a role become faster or slower within a process?

A dictionary that fills makes a candidate faster from call to call, a leak makes it slower; the median over a process
is then a number that depends on how long one has measured. The paired ratio shows it apart from the machine, whose
own drift is the same in every role.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfkit.stats.estimate import Estimate, ratio_interval

__all__ = ["Trend", "trend_of"]

_FEWEST = 3  # rounds of a process
_MATTERS = math.log(1.02)  # a smaller change is not worth a word

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trend:
    """The log-ratio in the first third of the rounds of a process and in the last, as means over processes."""

    first: float
    last: float
    change: Estimate  # of the log-ratio from the first third to the last, at 99 %

    @property
    def turns(self) -> bool:
        """Whether what was faster at first is slower at last, or the other way round."""
        return (self.first > 0) != (self.last > 0)

    def beyond(self, control: Trend | None) -> bool:
        """Whether the change is sure, matters, and exceeds what identical code shows."""
        least = max(_MATTERS, max(abs(control.change.low), abs(control.change.high)) if control else 0.0)
        return (self.change.low > 0 or self.change.high < 0) and abs(self.change.point) > least


def trend_of(process: Ints, log_ratios: Floats) -> Trend | None:
    """How the log-ratios of a role move within processes, rounds in order. (rounds,) each.

    None where fewer than two processes have three rounds.
    """
    first, last = [], []
    for p in np.unique(process):
        own = log_ratios[process == p]
        if own.size >= _FEWEST:
            third = own.size // 3
            first.append(float(np.median(own[:third])))
            last.append(float(np.median(own[-third:])))
    if len(first) < 2:
        return None
    change = ratio_interval(np.array(last) - np.array(first), 0.99)
    return Trend(first=float(np.mean(first)), last=float(np.mean(last)), change=change)
