"""One candidate's samples beside its baseline and control: the figures of its row, its verdict, and a word where one is
due.

What else stands in a table: shares and claims come from `claims.py`, peak memory from `memory_claims.py`, what several
rows mean together from `judge.py`, the interval beside a verdict from `perfkit/stats/deciding_interval.py`; how a
number is written says `perfkit/numbers.py`. The tables of `bench` have theirs from `microbench/judge.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from perfkit import numbers
from perfkit.comparison.planned_rows import Row
from perfkit.remarks import joined
from perfkit.result import Proof, Result
from perfkit.schedule import BASELINE, CONTROL, SLOW_CALL_NS
from perfkit.session.outcome import GroupOutcome
from perfkit.stats.estimate import noise_floor
from perfkit.stats.setup import setup_cost_ns
from perfkit.stats.times import Pairs, Times
from perfkit.stats.verdict import Decision, decide, with_ratio_of_sums, with_replays, with_sums, with_trend

__all__ = ["Sampled", "unmeasured", "with_figures", "with_sums_of"]

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
    base: str = BASELINE  # what it is compared with: another candidate of the group, whose place it takes

    @property
    def recipes(self) -> tuple[str, ...]:
        """The recipes of that role."""
        return next(c.recipes for c in self.group.group.candidates if c.role == self.role)

    @property
    def pairs(self) -> Pairs:
        """The candidate against what it is compared with, round by round."""
        return self.times.pairs(self.role, self.base)

    @property
    def controls(self) -> Pairs:
        """The control against the baseline."""
        return self.times.pairs(CONTROL)


def unmeasured(row: Row, *, named: str, group: str, role: str, margin: float, proof: Proof) -> Result:
    """A row before anything is known of it: why it was not measured, where it says so. `named`: its id."""
    return Result(
        id=named,
        group=group,
        role=role,
        cell=row.cell,
        recipes=row.recipes,
        verdict="unavailable",
        reason=row.reason,
        note=row.remark or row.note,
        baseline_ns=None,
        candidate_ns=None,
        speedup=None,
        speedup_99=None,
        noise_floor=None,
        margin=margin,
        proof=proof,
        claim=None,
        share=None,
        amdahl=None,
        processes=0,
        rounds=0,
        loops={},
    )


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
    sums, trend = (sampled.times.sums(sampled.role) if sampled.base == BASELINE else None), pairs.trend()
    trend = trend if trend is not None and trend.beyond(controls.trend()) else None
    decision = with_trend(with_sums(decide(e95, e99, floor, row.margin), e95, sums, row.margin), trend)
    decision = with_replays(decision, _replayed(sampled.group))
    before_ns = pairs.typical_before_ns()
    row = replace(
        row,
        verdict=decision.verdict,
        baseline_ns=before_ns,
        candidate_ns=before_ns / math.exp(e95.point),
        speedup=e95.speedup(),
        speedup_99=e99.speedup(),
        noise_floor=floor,
        sums=math.exp(sums.log_ratio) if sums else None,
        trend=(math.exp(trend.first), math.exp(trend.last)) if trend else None,
        variance=pairs.variance(),
    )
    words = (row.note, _repeats(sampled.group), decision.note, _few(pairs, sampled.group), _set_up(row, sampled))
    return _with_counts(replace(row, note=joined(*words)), sampled)


def with_sums_of(row: Result, before: Result, after: Result) -> Result:
    """A row of one recipe in the place of another, unless the sums of their own rows say the opposite."""
    if before.sums is None or after.sums is None:
        return row
    ratio = after.sums / before.sums
    decision = with_ratio_of_sums(Decision(verdict=row.verdict, note=row.note), ratio)
    return replace(row, verdict=decision.verdict, note=decision.note, sums=ratio)


def _with_counts(row: Result, sampled: Sampled) -> Result:
    """A row, and how often and how long its roles were called."""
    group, role = sampled.group, sampled.role
    roles = (BASELINE, CONTROL, role)
    named = {
        BASELINE: sampled.base,
        CONTROL: CONTROL,
        role: role,
    }  # as the row calls them: what it is held against first
    return replace(
        row,
        processes=sampled.pairs.processes,
        rounds=sampled.pairs.process.size,
        loops={r: group.loops[r] for r in roles if r in group.loops},
        stopped_by=group.stopped_by,
        p99_ns={n: p99 for n, r in named.items() if (p99 := _p99_ns(r, sampled)) is not None},
        units=group.units,
        ratios=_ratios(group.ratios.get(sampled.base, {}), group.ratios.get(role, {})),
    )


def _repeats(group: GroupOutcome) -> str:
    """A word on arguments that the program itself passes more than once."""
    share = float(np.mean([process.repeated for process in group.recorded])) if group.recorded else 0.0
    return f"{numbers.percent(share)} of the program's own calls repeat earlier ones" if share >= _REPEATED else ""


def _replayed(group: GroupOutcome) -> float:
    """How often recorded calls came again, at most."""
    return max((process.replayed for process in group.recorded), default=0)


def _few(pairs: Pairs, group: GroupOutcome) -> str:
    """A word on calls that are too long for a throw-away call before each, and of which few were taken."""
    most = int(np.bincount(pairs.process).max())
    if group.group.cell.kind == "micro" or most > _FEW_ROUNDS or float(np.median(pairs.before_ns)) <= SLOW_CALL_NS:
        return ""
    count = "1 round" if most == 1 else f"{most} rounds"
    return f"{count} in a process after one call to warm up: part of it is still cold"


def _set_up(row: Result, sampled: Sampled) -> str:
    """A word on what switching a recipe on costs, where that is long; it is said once, beside the plain baseline."""
    if sampled.base != BASELINE:
        return ""
    ready_ns = setup_cost_ns(sampled.group.ready_ns, sampled.role)
    if ready_ns > _LONG_NS:  # compiling; the making of closures and the reading of weights is not worth a word
        return f"set-up cost: {numbers.time(ready_ns)} in a process, before its first call"
    ahead_ns = setup_cost_ns(sampled.group.build_ns, sampled.role)
    if row.candidate_ns is not None and ahead_ns > row.candidate_ns / 10:
        return f"set-up cost: {numbers.time(ahead_ns)} before the call"
    return ""


def _p99_ns(role: str, sampled: Sampled) -> float | None:
    """The 99th percentile of single calls of a role; None where there are too few."""
    each_ns = np.append(sampled.times.single_ns(role), sampled.group.tails_ns.get(role, []))
    return float(np.percentile(each_ns, 99)) if each_ns.size >= _TAIL_CALLS else None


def _ratios(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Each ratio of both sides, where it has a value."""
    both = {name: (before[name], after[name]) for name in before if name in after}
    return {name: (a[0] / a[1], b[0] / b[1]) for name, (a, b) in both.items() if a[1] and b[1]}
