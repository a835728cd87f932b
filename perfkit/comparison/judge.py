"""From samples to rows: estimates, noise floor, verdict, Amdahl's prediction, claim. No I/O."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np

from perfkit.axis import THREADS, point
from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.comparison.claims import with_claim
from perfkit.comparison.plan import Row
from perfkit.equivalence import combined
from perfkit.result import Proof, Result, Speedup
from perfkit.schedule import BASELINE, CONTROL
from perfkit.session.outcome import Candidate, ExtremesTried, Failure, GroupOutcome, Outcome, ProofTally
from perfkit.stats.estimate import Estimate, noise_floor
from perfkit.stats.setup import setup_cost_ns
from perfkit.stats.times import Pairs, Times
from perfkit.stats.verdict import Decision, combine, decide, with_sums, with_trend
from perfkit.tree import Difference
from perfkit.worker.sampler import SLOW_CALL_NS

__all__ = ["judge_rows"]

_LONG_NS = 200_000_000  # of getting ready
_FEW_ROUNDS = 2  # of slow calls in a process
_REPEATED = 0.05  # of the calls
_TAIL_CALLS = 100  # that a 99th percentile needs


def judge_rows(
    place: TargetEntry, rows: Sequence[Row], entries: Mapping[str, RecipeEntry], outcome: Outcome, margin: float
) -> tuple[Result, ...]:
    """One Result a row, in the order of the rows."""
    times = {name: Times(found.samples) for name, found in outcome.groups.items()}
    results = [_result(place.id, row, entries, outcome, times, margin) for row in rows]
    results = [_with_layouts(result, results, margin) for result in results]
    return tuple(with_claim(result, results, outcome, entries, place) for result in results)


def _result(
    target: str,
    row: Row,
    entries: Mapping[str, RecipeEntry],
    outcome: Outcome,
    times: Mapping[str, Times],
    margin: float,
) -> Result:
    found, candidate = _where(row, outcome)
    proof = outcome.proofs.get(row.key, ProofTally())
    rules = [entries[name].recipe.equivalence for name in row.recipes]
    trouble = outcome.failures.get(row.key)
    tried = outcome.extremes.get((row.workload, row.on, row.recipes)) if row.kind == "macro" else None
    blank = Result(
        id="/".join(
            [target, "+".join(r.rpartition("/")[2] for r in row.recipes), found.group.id if found else row.kind]
        ),
        group=found.group.id if found else "",
        role=candidate.role if candidate else "",
        target=target,
        recipes=row.recipes,
        on=row.on,
        workload=row.workload,
        size=point(row.size, [(THREADS, row.threads)]) if row.threads else row.size,
        kind=row.kind,
        seam=row.seam,
        state=row.state,
        layout=row.layout,
        verdict="unavailable",
        reason=row.reason,
        note=row.remark or row.note,
        baseline_ns=None,
        candidate_ns=None,
        speedup=None,
        speedup_99=None,
        noise_floor=None,
        margin=margin,
        proof=_proof(combined(rules).kind, proof, trouble, found, candidate, tried),
        claim=None,
        share=None,
        amdahl=None,
        processes=0,
        rounds=0,
        loops={},
        findings=tuple(extreme.words for extreme in tried.found) if tried else (),
    )
    if trouble is not None:
        return replace(blank, verdict=trouble.verdict, reason=trouble.reason, note=trouble.text)
    if (row.workload, row.on, row.recipes) in outcome.not_exercised:
        return replace(blank, verdict="not-exercised", note=outcome.not_exercised[row.workload, row.on, row.recipes])
    if found is None or candidate is None:
        return blank
    return _measured(blank, times[found.group.id], candidate.role, found, margin, outcome.resolution_ns)


def _measured(blank: Result, times: Times, role: str, found: GroupOutcome, margin: float, resolution_ns: int) -> Result:
    pairs, controls = times.pairs(role), times.pairs(CONTROL)
    if pairs.processes < 2:
        few = "too few processes were measured"
        return replace(blank, verdict="undecided", note=few, processes=pairs.processes)
    blur = math.log1p(resolution_ns / max(1.0, times.shortest_ns))  # what the clock cannot tell apart
    e95, e99 = pairs.estimate(0.95, blur), pairs.estimate(0.99, blur)
    floor = noise_floor(controls.estimate(0.95, blur))
    decision = decide(e95, e99, floor, margin)
    sums, trend = times.sums(role), pairs.trend()
    trend = trend if trend is not None and trend.beyond(controls.trend()) else None
    decision = _with_replays(with_trend(with_sums(decision, e95, sums, margin), trend), found)
    before_ns = pairs.typical_before_ns()
    after_ns = before_ns / math.exp(e95.point)
    words = (blank.note, _repeats(found), decision.note, _few(pairs, found), _set_up(role, found, after_ns))
    return replace(
        blank,
        verdict=decision.verdict,
        note="; ".join(text for text in words if text),
        baseline_ns=before_ns,
        candidate_ns=after_ns,
        speedup=_speedup(e95),
        speedup_99=_speedup(e99),
        noise_floor=floor,
        processes=pairs.processes,
        rounds=pairs.process.size,
        units=found.units,
        ratios=_ratios(found.ratios.get(BASELINE, {}), found.ratios.get(role, {})),
        loops={r: found.loops[r] for r in (BASELINE, CONTROL, role) if r in found.loops},
        sums=math.exp(sums.log_ratio) if sums else None,
        trend=(math.exp(trend.first), math.exp(trend.last)) if trend else None,
        variance=pairs.variance(),
        stopped_by=found.stopped_by,
        p99_ns={r: p99 for r in (BASELINE, CONTROL, role) if (p99 := _p99_ns(r, times, found)) is not None},
    )


def _repeats(found: GroupOutcome) -> str:
    """A word on arguments that the program itself passes more than once."""
    share = float(np.mean([replayed.repeated for replayed in found.recorded])) if found.recorded else 0.0
    return f"{share:.0%} of the program's own calls repeat earlier ones" if share >= _REPEATED else ""


def _with_replays(decision: Decision, found: GroupOutcome) -> Decision:
    """No `faster` where recorded calls came again: whoever remembers results by content would get it for nothing."""
    times = max((replayed.replayed for replayed in found.recorded), default=0)
    if not times:
        return decision
    word = f"its recorded calls were replayed up to {times + 1:.0f} times each: a cache by content would look fast"
    verdict = "undecided" if decision.verdict == "faster" else decision.verdict
    return Decision(verdict=verdict, note="; ".join(text for text in (decision.note, word) if text))


def _few(pairs: Pairs, found: GroupOutcome) -> str:
    """A word on calls that are too long for a throw-away call before each, and of which few were taken."""
    most = int(np.bincount(pairs.process).max())
    if found.group.cell.kind == "micro" or most > _FEW_ROUNDS or float(np.median(pairs.before_ns)) <= SLOW_CALL_NS:
        return ""
    count = "1 round" if most == 1 else f"{most} rounds"
    return f"{count} in a process after one call to warm up: part of it is still cold"


def _set_up(role: str, found: GroupOutcome, after_ns: float) -> str:
    """A word on what switching a recipe on costs, where that is long."""
    ready_ns = setup_cost_ns(found.ready_ns, role)
    if ready_ns > _LONG_NS:  # compiling; the making of closures and the reading of weights is not worth a word
        return f"set-up cost: {ready_ns / 1e9:.2g} s in a process, before its first call"
    ahead_ns = setup_cost_ns(found.build_ns, role)
    if ahead_ns > after_ns / 10:
        return f"set-up cost: {ahead_ns / 1e6:.2g} ms before the call"
    return ""


def _p99_ns(role: str, times: Times, found: GroupOutcome) -> float | None:
    """The 99th percentile of single calls of a role; None where there are too few."""
    each_ns = times.per_call_ns(role) if found.loops.get(role) == 1 else np.array(found.tails_ns.get(role, []), float)
    return float(np.percentile(each_ns, 99)) if each_ns.size >= _TAIL_CALLS else None


def _ratios(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Each ratio of both sides, where it has a value."""
    both = {name: (before[name], after[name]) for name in before if name in after}
    return {name: (a[0] / a[1], b[0] / b[1]) for name, (a, b) in both.items() if a[1] and b[1]}


def _where(row: Row, outcome: Outcome) -> tuple[GroupOutcome | None, Candidate | None]:
    for found in outcome.groups.values():
        g = found.group
        if g.cell == row.cell(g.cell.target):
            for candidate in g.candidates:
                if candidate.recipes == row.recipes:
                    return found, candidate
    return None, None


def _speedup(estimate: Estimate) -> Speedup:
    point, low, high = estimate.ratio()
    return Speedup(point=point, low=low, high=high, level=estimate.level)


def _proof(
    kind: str,
    proof: ProofTally,
    trouble: Failure | None,
    found: GroupOutcome | None,
    candidate: Candidate | None,
    tried: ExtremesTried | None,
) -> Proof:
    timed = found.checked.get(candidate.role, 0) if found and candidate else 0
    calls = found.calls.get(candidate.role, 0) if found and candidate else 0
    return Proof(
        passed=trouble is None and proof.passed,
        kind=kind,
        detail=trouble.text if trouble else "",
        checked_calls=proof.checked_calls + timed,
        first_difference=_fields(trouble.difference) if trouble and trouble.difference else None,
        calls_of_one_instance=max(calls, proof.calls_of_one_instance),
        awkward=sum(proof.awkward.values()) if proof.awkward is not None else None,
        extremes=(tried.count, tried.of) if tried else None,
    )


def _fields(difference: Difference) -> dict[str, object]:
    """A difference as it is saved."""
    fields: dict[str, object] = msgspec.structs.asdict(difference)
    return {**fields, "index": None if difference.index is None else list(difference.index)}


def _with_layouts(result: Result, results: Sequence[Result], margin: float) -> Result:
    """When both layouts were measured, both rows carry the verdict that holds in both."""
    twin = next(
        (
            r
            for r in results
            if r.layout != result.layout
            and (r.recipes, r.on, r.workload, r.size, r.kind)
            == (result.recipes, result.on, result.workload, result.size, result.kind)
            and r.kind == "macro"
        ),
        None,
    )
    if twin is None or result.speedup is None or twin.speedup is None:
        return result
    one, two = (_as_estimate(r.speedup, r.processes) for r in (result, twin) if r.speedup)
    decision = combine(
        Decision(verdict=result.verdict, note=result.note), one, Decision(verdict=twin.verdict, note=twin.note), two
    )
    return replace(result, verdict=decision.verdict, note=decision.note)


def _as_estimate(speedup: Speedup, processes: int) -> Estimate:
    point, low, high = (float(np.log(v)) for v in (speedup.point, speedup.low, speedup.high))
    return Estimate(point=point, low=low, high=high, level=speedup.level, processes=processes)
