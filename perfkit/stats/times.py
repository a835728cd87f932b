"""The samples of one group as arrays: a million of them are judged in less than a second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from perfkit.result import Sample
from perfkit.schedule import BASELINE, CONTROL
from perfkit.stats.advice import variance_parts
from perfkit.stats.estimate import Estimate, log_ratios, process_medians, ratio_interval
from perfkit.stats.sums import Sums, sums_of
from perfkit.stats.trend import Trend, trend_of

__all__ = ["Pairs", "Times"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """One role beside another: a row for every round that has both. (rounds,) each; nanoseconds per call."""

    process: NDArray[np.int64]
    before_ns: NDArray[np.float64]
    after_ns: NDArray[np.float64]

    @property
    def processes(self) -> int:
        """How many processes have such a round."""
        return np.unique(self.process).size

    def estimate(self, level: float, blur: float = 0.0) -> Estimate:
        """The interval of log(before / after) over processes; `blur` is what the clock cannot tell apart."""
        return ratio_interval(process_medians(self._ratios, self.process), level, blur)

    def typical_before_ns(self) -> float:
        """The geometric mean over processes of each process's median time: by the estimate it gives the time after.

        Of all samples together the median would weigh long processes more, and its quotient would not be the estimate.
        """
        return math.exp(float(np.mean(process_medians(np.log(self.before_ns), self.process))))

    def variance(self) -> tuple[float, float] | None:
        """What the estimate's variance is made of: see `stats.advice.variance_parts`."""
        return variance_parts([self._ratios[self.process == p] for p in np.unique(self.process)])

    @property
    def _ratios(self) -> NDArray[np.float64]:
        return log_ratios(self.before_ns, self.after_ns)

    def trend(self) -> Trend | None:
        """How log(before / after) moves within processes."""
        return trend_of(self.process, log_ratios(self.before_ns, self.after_ns)) if self.process.size else None


class Times:
    """What was timed of one group; samples of an aborted phase are skipped."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        kept = [s for s in samples if s.phase == "measure"]
        numbers = {role: number for number, role in enumerate(dict.fromkeys(s.role for s in kept))}
        role = np.array([numbers[s.role] for s in kept], np.int64)
        process = np.array([s.process for s in kept], np.int64)
        round_ = np.array([s.round for s in kept], np.int64)
        elapsed_ns = np.array([s.elapsed_ns for s in kept], np.float64)
        loops = np.array([s.loops for s in kept], np.int64)
        per_call_ns = elapsed_ns / loops
        self.shortest_ns = float(elapsed_ns.min()) if kept else 0.0
        rounds = int(round_.max(initial=0)) + 1
        key = process * rounds + round_  # one number for each round of each process
        self._rounds = rounds
        self._by_role = {}
        self._single_ns: dict[str, NDArray[np.float64]] = {}
        for name, number in numbers.items():
            own = role == number
            self._single_ns[name] = elapsed_ns[own & (loops == 1)]
            order = np.argsort(key[own], kind="stable")
            self._by_role[name] = key[own][order], per_call_ns[own][order]

    def pairs(self, role: str, base: str = BASELINE) -> Pairs:
        """The rounds that have both `base` and `role`; none when either was never timed."""
        nothing = np.empty(0, np.int64), np.empty(0)
        base_key, base_ns = self._by_role.get(base, nothing)
        own_key, own_ns = self._by_role.get(role, nothing)
        both, at_base, at_own = np.intersect1d(base_key, own_key, assume_unique=True, return_indices=True)
        return Pairs(process=both // self._rounds, before_ns=base_ns[at_base], after_ns=own_ns[at_own])

    def sums(self, role: str) -> Sums | None:
        """The sums of a role beside those of the baseline, in the rounds that have the control too; None without."""
        sides = [self._by_role[name] for name in (BASELINE, CONTROL, role) if name in self._by_role]
        shared = reduce(np.intersect1d, [key for key, _ in sides])
        if len(sides) < 3 or not shared.size:
            return None
        before_ns, control_ns, after_ns = (ns[np.isin(key, shared)] for key, ns in sides)
        return sums_of(shared // self._rounds, before_ns, control_ns, after_ns)

    def single_ns(self, role: str) -> NDArray[np.float64]:
        """Nanoseconds of every sample of a role that is one call: processes may take several calls a sample, or one."""
        return self._single_ns.get(role, np.empty(0))
