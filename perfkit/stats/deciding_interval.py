"""The interval beside a verdict: the one that decides it, so that the two never contradict each other.

*faster*, *slower* and *undecided* go by the 99 % interval and by the noise floor, so what is shown reaches as far as
the wider of the two: it excludes 1 exactly where both rules are met. *equivalent* and *layout-dependent* go by the
95 % interval. A row may be *undecided* for another reason, though its interval excludes 1: where the sum of all
samples, or a ratio that moves within a process, denies it, the interval reaches to what denies it; where it has too
few processes, say, there is none to show, and the row's note says why.
"""

from __future__ import annotations

import math

from perfkit.result import Result, Speedup, Verdict

__all__ = ["as_picked", "deciding"]

_TINY, _HUGE = 1e-300, 1e300  # a saved run may say anything
_BY_95: tuple[Verdict, ...] = ("equivalent", "layout-dependent")


def deciding(r: Result) -> Speedup | None:
    """The interval that decides a row's verdict; None where it has no speed-up, or where no interval decided."""
    if r.speedup is None:
        return None
    if r.verdict in _BY_95:
        return r.speedup
    shown = _with_floor(r.speedup_99 or r.speedup, r.noise_floor or 0.0)
    if r.verdict != "undecided":
        sides: dict[Verdict, bool] = {"faster": shown.low > 1, "slower": shown.high < 1}
        return shown if sides.get(r.verdict, True) else None
    if _would_decide(shown, r.margin):
        shown = _reaching(shown, [end for end in (r.sums, *(r.trend or ())) if end is not None])
    return None if _would_decide(shown, r.margin) else shown


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
    ends = [math.exp(min(max(log, math.log(_TINY)), math.log(_HUGE))) for log in logs]
    return _reaching(own, ends)


def _with_floor(interval: Speedup, floor: float) -> Speedup:
    """The interval, at least as wide as what identical code differs by."""
    point = interval.point
    return _reaching(interval, [point / (1 + floor), point * (1 + floor)])


def _reaching(interval: Speedup, ends: list[float]) -> Speedup:
    kept = [min(max(end, _TINY), _HUGE) for end in ends]
    low, high = min([interval.low, *kept]), max([interval.high, *kept])
    return Speedup(point=interval.point, low=low, high=high, level=interval.level)


def _would_decide(interval: Speedup, margin: float) -> bool:
    """Whether a row with this interval would be faster, slower or equivalent, were there no other rule."""
    beyond = interval.low > 1 or interval.high < 1
    return beyond or 1 / (1 + margin) < interval.low <= interval.high < 1 + margin
