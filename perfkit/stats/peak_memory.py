"""Peak memory before and after: which count to go by, its ratio, and what becomes of a claim on it.

There is no control: processes are fresh, and what tracemalloc counts hardly differs from one to the next. What is too
little to matter reads as the least that does, so that no ratio is made of a few objects of Python's.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perfkit import numbers
from perfkit.recipe import NO_END, Reading
from perfkit.result import WRONG, Verdict
from perfkit.stats.estimate import ratio_interval

__all__ = ["RSS", "TRACED", "Counted", "Peak", "judge_peak", "peaks"]

TRACED, RSS = "tracemalloc", "rss"
_LEAST = {TRACED: 1024, RSS: 2**20}  # bytes
_BLUR = {TRACED: 0, RSS: 2**20}  # the allocator takes memory in steps
_SHOWS = 50_000_000  # bytes, from which on RSS tells more than what libraries do in passing
_BESIDE = 16 * 2**20  # bytes that RSS must hold beside what is traced before it is gone by
_MARGIN = 1.01

Interval = tuple[float, float, float]  # point, low, high


@dataclass(frozen=True, slots=True)
class Counted:
    """Bytes of one process: as traced, and as its resident set rose (None: not known). `torch`: a call goes there."""

    traced: int
    rss: int | None
    torch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """Medians over processes, and before/after with its 95 % interval."""

    by: str
    before: int
    after: int
    ratio: Interval
    processes: int


def peaks(before: Sequence[Counted], after: Sequence[Counted]) -> tuple[tuple[Peak, ...], str]:
    """Every count that there is, the one to go by first, or none where neither tells; and a word on why.

    Processes are paired in their order; two at least.
    """
    traced = _peak(TRACED, [c.traced for c in before], [c.traced for c in after])
    known = [c.rss for c in (*before, *after) if c.rss is not None]
    rss = None
    if len(known) == len(before) + len(after):
        rss = _peak(RSS, known[: len(before)], known[len(before) :])
    if any(c.torch for c in (*before, *after)):
        if rss is None:
            return (), "it calls torch, whose memory tracemalloc does not see, and this system does not tell RSS"
        most = max(rss.before, rss.after)
        if most < _SHOWS:
            word = f"it calls torch, whose memory tracemalloc does not see, and {numbers.size(most)} is too little"
            return (), f"{word} for RSS to tell: it takes {numbers.size(_SHOWS)}"
        return (rss, traced), ""
    if rss is not None and any(
        of_rss - of_traced > max(_BESIDE, of_traced)
        for of_rss, of_traced in ((rss.before, traced.before), (rss.after, traced.after))
    ):
        return (rss, traced), ""
    return (traced, *((rss,) if rss is not None else ())), ""


def _peak(by: str, before: Sequence[int], after: Sequence[int]) -> Peak:
    old, new = (np.maximum(np.array(each, float), _LEAST[by]) for each in (before, after))
    blur = float(np.log1p(_BLUR[by] / min(old.min(), new.min())))
    estimate = ratio_interval(np.log(old) - np.log(new), 0.95, blur)
    return Peak(
        by=by,
        before=int(statistics.median(before)),
        after=int(statistics.median(after)),
        ratio=estimate.ratio(),
        processes=len(before),
    )


def judge_peak(reading: Reading, verdict: Verdict, ratio: Interval | None) -> str:
    """What becomes of a claim on peak memory: one of the outcomes of `perfkit.stats.claim`, by the whole interval."""
    if verdict in WRONG:
        return "rejected"
    if ratio is None:
        return "not measurable here"
    _, low, high = ratio
    end = reading.high if reading.high < NO_END else float("inf")
    if high < reading.low:
        if high < min(1 / _MARGIN, reading.low):
            return "more memory here"
        return "no effect here" if low > 1 / _MARGIN and high < _MARGIN else "smaller than claimed"
    if low > end:
        return "larger than claimed"
    return "reproduced" if reading.low <= low and high <= end else "undecided"
