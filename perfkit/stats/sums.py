"""What a candidate costs in all: the ratio of sums beside the ratio of medians.

A median does not see what happens now and then: a cache that is rebuilt at every fiftieth call. The sum does, but it
sees the machine's own spikes too, which fall on every role alike. So the sums of a candidate overrule its medians only
where its spikes are its own: baseline and control, identical code in the same rounds, show what the machine does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sums", "sums_of"]

_BLOCKS = 2_000  # of rounds that are shuffled together: as many are enough, and a million samples stay quick
_SHUFFLES = 999
_SEED = 7  # the same samples give the same answer
_RARE, _SURE = 0.03, 0.01  # of shuffles in which the machine alone would have done as much
_LONE = 10.0  # times the largest spike of baseline and control: too large to be the machine's

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sums:
    """log(sum before / sum after) of all samples, and whether the machine explains what sets it apart from medians.

    `more` and `fewer`: how often identical code would have had as much more, or less, above its median than the
    candidate. `lone`: one sample of the candidate lies far beyond any of baseline and control.
    """

    log_ratio: float
    more: float
    fewer: float
    lone: bool

    def denies(self, log_medians: float) -> bool:
        """Whether the sums lie on the other side than the medians, and not because of the machine."""
        if log_medians > 0:
            return self.log_ratio < 0 and (self.more <= _RARE or self.lone)
        return self.log_ratio > 0 and self.fewer <= _RARE

    def halves(self, log_medians: float) -> bool:
        """Whether less than half of what the medians promise is left of it, surely by the candidate's own samples."""
        return log_medians > 0 and self.log_ratio < log_medians / 2 and self.more <= _SURE


def sums_of(process: Ints, before_ns: Floats, control_ns: Floats, after_ns: Floats) -> Sums:
    """Compare the sums of the rounds that have all three roles. (rounds,) each; nanoseconds per call.

    Every role is measured in medians of its own process, so that a slow process weighs no more than another. Which of
    the three is the candidate is then shuffled round by round (a permutation test; Fisher, *The Design of Experiments*,
    1935): how often would identical code have had so much more, or so much less, than the other two?
    """
    usual = np.empty((3, process.size))
    scaled = np.empty((2, process.size))
    for p in np.unique(process):
        own = process == p
        middle = [float(np.median(role[own])) for role in (before_ns, control_ns, after_ns)]
        for row, role in enumerate((before_ns, control_ns, after_ns)):
            usual[row, own] = role[own] / middle[row]
        scaled[0, own], scaled[1, own] = before_ns[own] / middle[0], after_ns[own] / middle[0]
    log_ratio = math.log(float(scaled[0].sum()) / float(scaled[1].sum()))
    beyond = _blocks(usual)  # (3, blocks), what each role has in all
    excess = 1.5 * (beyond - beyond.mean(axis=0))  # of each role over the mean of the other two
    observed = float(excess[2].sum())
    which = np.random.default_rng(_SEED).integers(0, 3, (_SHUFFLES, beyond.shape[1]))
    shuffled = excess[which, np.arange(beyond.shape[1])].sum(axis=1)
    slack = 1e-9 * max(1.0, float(np.abs(beyond).max()))  # of rounding: equal sums are equal
    more = (1 + int(np.count_nonzero(shuffled >= observed - slack))) / (1 + _SHUFFLES)
    fewer = (1 + int(np.count_nonzero(shuffled <= observed + slack))) / (1 + _SHUFFLES)
    lone = float(usual[2].max()) - 1 > _LONE * max(float(usual[:2].max()) - 1, 1 / _LONE)
    return Sums(log_ratio=log_ratio, more=more, fewer=fewer, lone=lone)


def _blocks(values: Floats) -> Floats:
    """Sums over neighbouring rounds, about `_BLOCKS` of them at most. (roles, rounds) -> (roles, blocks)."""
    rounds = values.shape[1]
    return np.add.reduceat(values, np.arange(0, rounds, math.ceil(rounds / _BLOCKS)), axis=1)
