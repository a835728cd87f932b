"""One candidate's samples beside its baseline and control: its figures, its verdict, and a word where one is due."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from perfkit.result import Result, Speedup
from perfkit.schedule import BASELINE, CONTROL
from perfkit.session.outcome import GroupOutcome
from perfkit.stats.estimate import Estimate, noise_floor
from perfkit.stats.setup import setup_cost_ns
from perfkit.stats.times import Pairs, Times
from perfkit.stats.verdict import Decision, decide, with_sums, with_trend
from perfkit.worker.sampler import SLOW_CALL_NS

__all__ = ["Sampled", "with_figures"]

_LONG_NS = 200_000_000  # of getting ready
_FEW_ROUNDS = 2  # of slow calls in a process
_REPEATED = 0.05  # of the calls
_TAIL_CALLS = 100  # that a 99th percentile needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One candidate of a group that was measured: its role, and the times of all roles."""

    group: GroupOutcome
    role: str
    times: Times
    resolution_ns: int

    @property
    def pairs(self) -> Pairs:
        """The candidate against the baseline, round by round."""
        return self.times.pairs(self.role)

    @property
    def controls(self) -> Pairs:
        """The control against the baseline."""
        return self.times.pairs(CONTROL)


def with_figures(row: Result, sampled: Sampled) -> Result:
    """A row without figures, and what the samples say."""
    pairs, controls = sampled.pairs, sampled.controls
    if pairs.processes < 2:
        few = "too few processes were measured"
        return replace(row, verdict="undecided", note=few, processes=pairs.processes)
    # what the clock cannot tell apart
    blur = math.log1p(sampled.resolution_ns / max(1.0, sampled.times.shortest_ns))
    e95, e99 = pairs.estimate(0.95, blur), pairs.estimate(0.99, blur)
    floor = noise_floor(controls.estimate(0.95, blur))
    sums, trend = sampled.times.sums(sampled.role), pairs.trend()
    trend = trend if trend is not None and trend.beyond(controls.trend()) else None
    decision = with_trend(with_sums(decide(e95, e99, floor, row.margin), e95, sums, row.margin), trend)
    decision = _with_replays(decision, sampled.group)
    before_ns = pairs.typical_before_ns()
    row = replace(
        row,
        verdict=decision.verdict,
        baseline_ns=before_ns,
        candidate_ns=before_ns / math.exp(e95.point),
        speedup=_speedup(e95),
        speedup_99=_speedup(e99),
        noise_floor=floor,
        sums=math.exp(sums.log_ratio) if sums else None,
        trend=(math.exp(trend.first), math.exp(trend.last)) if trend else None,
        variance=pairs.variance(),
    )
    words = (row.note, _repeats(sampled.group), decision.note, _few(pairs, sampled.group), _set_up(row, sampled))
    return _with_counts(replace(row, note="; ".join(text for text in words if text)), sampled)


def _with_counts(row: Result, sampled: Sampled) -> Result:
    """A row, and how often and how long its roles were called."""
    group, role = sampled.group, sampled.role
    roles = (BASELINE, CONTROL, role)
    return replace(
        row,
        processes=sampled.pairs.processes,
        rounds=sampled.pairs.process.size,
        loops={r: group.loops[r] for r in roles if r in group.loops},
        stopped_by=group.stopped_by,
        p99_ns={r: p99 for r in roles if (p99 := _p99_ns(r, sampled)) is not None},
        units=group.units,
        ratios=_ratios(group.ratios.get(BASELINE, {}), group.ratios.get(role, {})),
    )


def _repeats(group: GroupOutcome) -> str:
    """A word on arguments that the program itself passes more than once."""
    share = float(np.mean([process["repeated"] for process in group.recorded])) if group.recorded else 0.0
    return f"{share:.0%} of the program's own calls repeat earlier ones" if share >= _REPEATED else ""


def _with_replays(decision: Decision, group: GroupOutcome) -> Decision:
    """No `faster` where recorded calls came again: whoever remembers results by content would get it for nothing."""
    times = max((process["replayed"] for process in group.recorded), default=0)
    if not times:
        return decision
    word = f"its recorded calls were replayed up to {times + 1:.0f} times each: a cache by content would look fast"
    verdict = "undecided" if decision.verdict == "faster" else decision.verdict
    return Decision(verdict=verdict, note="; ".join(text for text in (decision.note, word) if text))


def _few(pairs: Pairs, group: GroupOutcome) -> str:
    """A word on calls that are too long for a throw-away call before each, and of which few were taken."""
    most = int(np.bincount(pairs.process).max())
    if group.group.cell.kind == "micro" or most > _FEW_ROUNDS or float(np.median(pairs.before_ns)) <= SLOW_CALL_NS:
        return ""
    count = "1 round" if most == 1 else f"{most} rounds"
    return f"{count} in a process after one call to warm up: part of it is still cold"


def _set_up(row: Result, sampled: Sampled) -> str:
    """A word on what switching a recipe on costs, where that is long."""
    ready_ns = setup_cost_ns(sampled.group.ready_ns, sampled.role)
    if ready_ns > _LONG_NS:  # compiling; the making of closures and the reading of weights is not worth a word
        return f"set-up cost: {ready_ns / 1e9:.2g} s in a process, before its first call"
    ahead_ns = setup_cost_ns(sampled.group.build_ns, sampled.role)
    if row.candidate_ns is not None and ahead_ns > row.candidate_ns / 10:
        return f"set-up cost: {ahead_ns / 1e6:.2g} ms before the call"
    return ""


def _p99_ns(role: str, sampled: Sampled) -> float | None:
    """The 99th percentile of single calls of a role; None where there are too few."""
    single = sampled.group.loops.get(role) == 1
    each_ns = sampled.times.per_call_ns(role) if single else np.array(sampled.group.tails_ns.get(role, []), float)
    return float(np.percentile(each_ns, 99)) if each_ns.size >= _TAIL_CALLS else None


def _ratios(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Each ratio of both sides, where it has a value."""
    both = {name: (before[name], after[name]) for name in before if name in after}
    return {name: (a[0] / a[1], b[0] / b[1]) for name, (a, b) in both.items() if a[1] and b[1]}


def _speedup(estimate: Estimate) -> Speedup:
    point, low, high = estimate.ratio()
    return Speedup(point=point, low=low, high=high, level=estimate.level)
