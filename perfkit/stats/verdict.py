"""The verdict: the first rule that fits (`decide`), and what then takes it back or adds a word (`with_…`, `combine`).

It never looks at a recipe's status or claim. `perfkit.comparison.table_figures` and `judge` say which are asked of a
row; *rejected*, *failed* and *not-exercised* come from proofs, by `judge`.
The rule on two intervals is `by_intervals`, which `perfkit.stats.deciding_interval` asks again for what is printed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from perfkit import numbers
from perfkit.remarks import joined
from perfkit.result import Speedup, Verdict

if TYPE_CHECKING:  # they import numpy, and listing recipes must not
    from perfkit.stats.estimate import Estimate
    from perfkit.stats.sums import Sums
    from perfkit.stats.trend import Trend

__all__ = ["MARGIN", "MIN_PROCESSES", "Decision", "by_intervals", "combine", "decide", "reaching", "too_few"]
__all__ += ["with_floor", "with_ratio_of_sums", "with_replays", "with_sums", "with_trend"]

MARGIN = 0.01
MIN_PROCESSES = 5
_TINY, _HUGE = 1e-300, 1e300  # a saved run may say anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict and, where it needs one, a remark of a few words."""

    verdict: Verdict
    note: str = ""


def too_few(processes: int) -> str:
    """The remark of a row that was measured in fewer processes than a verdict needs."""
    return f"{processes} processes; a verdict needs {MIN_PROCESSES}"


def decide(e95: Estimate, e99: Estimate, floor: float, margin: float = MARGIN) -> Decision:
    """faster | slower | equivalent | undecided for one candidate whose output has been proven.

    `floor` is the noise floor as a ratio minus 1, `margin` the largest difference that does not matter.
    """
    if e95.processes < MIN_PROCESSES:
        return Decision(verdict="undecided", note=too_few(e95.processes))
    at_95, note = e95.speedup(), ""
    verdict, _ = by_intervals(at_95, e99.speedup(), floor, margin)
    if verdict in ("faster", "slower") and abs(e99.point) < math.log1p(margin):
        note = "below your margin"
    elif verdict == "undecided" and _side(at_95):
        beyond = _side(with_floor(at_95, floor))
        note = "sure at 95 %, and a verdict needs 99 %" if beyond else "within the noise floor of this run"
    return Decision(verdict=verdict, note=note)


def by_intervals(at_95: Speedup, at_99: Speedup, floor: float, margin: float) -> tuple[Verdict, Speedup]:
    """The verdict that the 95 % and the 99 % interval of a row give, and the interval that decides it.

    *faster* and *slower* need the 99 % interval to exclude 1 and the point to lie beyond the noise floor: an interval
    that reaches as far as the wider of the two excludes 1 exactly where both hold.
    """
    wide = with_floor(at_99, floor)
    if side := _side(wide):
        return side, wide
    if 1 / (1 + margin) < at_95.low <= at_95.high < 1 + margin:
        return "equivalent", at_95
    return "undecided", wide


def reaching(interval: Speedup, ends: Iterable[float]) -> Speedup:
    """The interval, no narrower than these speed-ups."""
    kept = [min(max(end, _TINY), _HUGE) for end in ends]
    return replace(interval, low=min([interval.low, *kept]), high=max([interval.high, *kept]))


def with_floor(interval: Speedup, floor: float) -> Speedup:
    """The interval, at least as wide as what identical code differs by."""
    return reaching(interval, (interval.point / (1 + floor), interval.point * (1 + floor)))


def _side(interval: Speedup) -> Literal["faster", "slower"] | None:
    """On which side of 1 an interval lies; None where it holds 1."""
    return "faster" if interval.low > 1 else "slower" if interval.high < 1 else None


def with_sums(decision: Decision, e95: Estimate, sums: Sums | None, margin: float = MARGIN) -> Decision:
    """The decision, unless the sum of all samples denies it: what a candidate does now and then costs too."""
    if sums is None or decision.verdict not in ("faster", "slower", "equivalent"):
        return decision
    said = f"by the sum of all samples {numbers.ratio(math.exp(sums.log_ratio))}"
    worse = f"{said}: some of its calls take far longer than its median"
    better = f"{said}: some calls of the baseline take far longer than its median, and none of its own"
    if decision.verdict == "equivalent":
        matters = abs(sums.log_ratio) > math.log1p(margin)
        denied = matters and sums.denies(-sums.log_ratio)
    else:
        denied = sums.denies(e95.point)
    if denied:
        return Decision(verdict="undecided", note=worse if sums.log_ratio < 0 else better)
    return _and(decision, worse) if sums.halves(e95.point) else decision


def with_trend(decision: Decision, trend: Trend | None) -> Decision:
    """The decision with a word on a ratio that moves within a process; none where it changes sides."""
    if trend is None:
        return decision
    first, last = (numbers.ratio(math.exp(end)) for end in (trend.first, trend.last))
    moved = f"{first} at first, {last} at last in a process"
    if trend.turns and decision.verdict in ("faster", "slower", "equivalent"):
        return Decision(verdict="undecided", note=moved)
    return _and(decision, moved)


def with_replays(decision: Decision, times: float) -> Decision:
    """No `faster` where recorded calls came again `times` times: who remembers by content would get it for nothing."""
    if not times:
        return decision
    often = numbers.calls(times + 1)
    word = f"its recorded calls were replayed up to {often} times each: a cache by content would look fast"
    verdict: Verdict = "undecided" if decision.verdict == "faster" else decision.verdict
    return _and(Decision(verdict=verdict, note=decision.note), word)


def with_ratio_of_sums(decision: Decision, ratio: float) -> Decision:
    """The decision on one candidate in another's place, unless the ratio of the two sums of all samples denies it."""
    if not ((decision.verdict == "faster" and ratio < 1) or (decision.verdict == "slower" and ratio > 1)):
        return decision
    said = f"by the sum of all samples {numbers.ratio(ratio)}"
    word = f"{said}: some calls of the one or the other take far longer than its median"
    return _and(Decision(verdict="undecided", note=decision.note), word)


def _and(decision: Decision, note: str) -> Decision:
    return Decision(verdict=decision.verdict, note=joined(decision.note, note))


def combine(shared: Decision, shared_e95: Estimate, alone: Decision, alone_e95: Estimate) -> Decision:
    """One verdict from two memory layouts: roles side by side in one process, and each in a process of its own.

    When the two intervals do not even touch, the difference belongs to the layout and not to the recipe. Of too few
    processes that is no more a verdict than any other.
    """
    for decision, estimate in ((shared, shared_e95), (alone, alone_e95)):
        if estimate.processes < MIN_PROCESSES:
            return decision
    apart = shared_e95.low > alone_e95.high or alone_e95.low > shared_e95.high
    if shared.verdict == alone.verdict and not (apart and shared.verdict == "undecided"):
        return shared
    if apart:
        return Decision(verdict="layout-dependent", note="the two layouts disagree")
    return Decision(verdict="undecided", note="only one layout decides")
