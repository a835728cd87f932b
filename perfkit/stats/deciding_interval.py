"""The interval beside a verdict: the one that decides it, so that the two never contradict each other.

`verdict.by_intervals` names it with the verdict. A row may be *undecided* for another reason, though its intervals
give a verdict: where the sum of all samples, or a ratio that moves within a process, denies it, the interval reaches
to what denies it; where it has too few processes, say, there is none to show, and the row's note says why.
"""

from __future__ import annotations

import math

from perfkit.result import Result, Speedup
from perfkit.stats.verdict import by_intervals, reaching, with_floor

__all__ = ["as_picked", "deciding"]


def deciding(r: Result) -> Speedup | None:
    """The interval that decides a row's verdict; None where it has no speed-up, or where no interval decided."""
    if r.speedup is None:
        return None
    at_99, floor = r.speedup_99 or r.speedup, r.noise_floor or 0.0
    verdict, interval = by_intervals(r.speedup, at_99, floor, r.margin)
    if r.verdict == "undecided" and verdict != "undecided":
        reached = reaching(with_floor(at_99, floor), [end for end in (r.sums, *(r.trend or ())) if end is not None])
        verdict, interval = by_intervals(reached, reached, floor, r.margin)
    if verdict == r.verdict:
        return interval
    # two layouts disagree by their 95 % intervals; and a saved run may call anything equivalent
    return r.speedup if r.verdict in ("layout-dependent", "equivalent") else None


def as_picked(best: Result, of: int) -> Speedup | None:
    """The interval of what was picked as the best of so many, never narrower than its own.

    A 95 % interval is as sure of the best of `of` as of one that was not picked, when it is taken at 1 − 5 % / `of`
    (Bonferroni): from six on that is wider than the 99 % of a verdict. None where no interval decided.
    """
    own, plain = deciding(best), best.speedup
    if own is None or plain is None or of < 2 or best.processes < 2:
        return own
    from perfkit.stats.estimate import student_quantile  # which imports numpy, and listing recipes must not

    level = 1 - (1 - plain.level) / of
    times = student_quantile(level, best.processes) / student_quantile(plain.level, best.processes)
    point = math.log(plain.point)
    logs = [point + times * (math.log(end) - point) for end in (plain.low, plain.high)]
    return reaching(own, [math.exp(min(log, 700.0)) for log in logs])  # beyond it powers overflow
