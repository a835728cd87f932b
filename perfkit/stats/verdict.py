"""The verdict: the first rule that fits (`decide`), and what then takes it back or adds a word (`with_…`, `combine`).

It never looks at a recipe's status or claim. `perfkit.comparison.row_figures` and `judge` say which are asked of a row.
`perfkit.stats.deciding_interval` gives the interval beside a verdict: a rule that changes here changes there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from perfkit import numbers
from perfkit.remarks import joined
from perfkit.result import Verdict
from perfkit.stats.estimate import Estimate
from perfkit.stats.sums import Sums
from perfkit.stats.trend import Trend

__all__ = ["MARGIN", "MIN_PROCESSES", "Decision", "combine", "decide", "with_ratio_of_sums", "with_replays"]
__all__ += ["too_few", "with_sums", "with_trend"]

MARGIN = 0.01
MIN_PROCESSES = 5


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
    edge = math.log1p(margin)
    if (e99.low > 0 or e99.high < 0) and abs(e99.point) > math.log1p(floor):
        inside = abs(e99.point) < edge
        return Decision(verdict="faster" if e99.point > 0 else "slower", note="below your margin" if inside else "")
    if -edge < e95.low and e95.high < edge:
        return Decision(verdict="equivalent")
    if e95.low > 0 or e95.high < 0:
        noisy = abs(e99.point) <= math.log1p(floor)
        note = "within the noise floor of this run" if noisy else "sure at 95 %, and a verdict needs 99 %"
        return Decision(verdict="undecided", note=note)
    return Decision(verdict="undecided")


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
