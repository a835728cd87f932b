"""From samples to rows: estimates, noise floor, verdict, Amdahl's prediction, claim. No I/O."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.axis import THREADS, point, read_point
from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.comparison.agenda import Row
from perfkit.engine.outcome import Candidate, GroupOutcome, Outcome, Trouble
from perfkit.engine.rounds import SLOW_CALL_NS
from perfkit.equivalence import combined
from perfkit.plan import BASELINE, CONTROL
from perfkit.recipe import Claim
from perfkit.result import ClaimOutcome, Proof, Result, Speedup
from perfkit.stats.claim import judge as judge_claim
from perfkit.stats.claim import measured_value
from perfkit.stats.estimate import Estimate, noise_floor
from perfkit.stats.times import Pairs, Times
from perfkit.stats.verdict import Decision, combine, decide, with_sums, with_trend
from perfkit.target import Seam

__all__ = ["judge_rows"]

_LONG_NS = 200_000_000  # of getting ready
_FEW_ROUNDS = 2  # of slow calls in a process
_TAIL_CALLS = 100  # that a 99th percentile needs
_ERRORS = 2.0  # standard errors of a share


def judge_rows(
    place: TargetEntry, rows: Sequence[Row], entries: Mapping[str, RecipeEntry], outcome: Outcome, margin: float
) -> tuple[Result, ...]:
    """One Result a row, in the order of the rows."""
    times = {name: Times(found.samples) for name, found in outcome.groups.items()}
    results = [_result(place.id, row, entries, outcome, times, margin) for row in rows]
    results = [_with_layouts(result, results, margin) for result in results]
    results = [_with_amdahl(result, results, outcome, entries, place.seams) for result in results]
    return tuple(_with_claim(result, entries, place) for result in results)


def _result(
    target: str,
    row: Row,
    entries: Mapping[str, RecipeEntry],
    outcome: Outcome,
    times: Mapping[str, Times],
    margin: float,
) -> Result:
    found, candidate = _where(row, outcome)
    proof = outcome.proofs.get(row.key, {"checked_calls": 0, "passed": False})
    rules = [entries[name].recipe.equivalence for name in row.recipes]
    trouble = outcome.troubles.get(row.key)
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
        size=point(row.size, THREADS, row.threads) if row.threads else row.size,
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
        proof=_proof(combined(rules).kind, proof, trouble, found, candidate),
        claim=None,
        share=None,
        amdahl=None,
        processes=0,
        rounds=0,
        loops={},
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
    decision = with_trend(with_sums(decision, e95, sums, margin), trend)
    after_ns = float(np.median(pairs.after_ns))
    ahead_ns = found.build_ns.get(role, 0) - found.build_ns.get(BASELINE, 0)
    ahead = f"switching it on costs {ahead_ns / 1e6:.2g} ms more, before the call" if ahead_ns > after_ns / 10 else ""
    ready_ns = found.ready_ns.get(role, 0) - found.ready_ns.get(BASELINE, 0)
    if ready_ns > _LONG_NS:  # compiling; the making of closures and the reading of weights is not worth a word
        ahead = f"switching it on takes {ready_ns / 1e9:.2g} s in a process, before its first call"
    return replace(
        blank,
        verdict=decision.verdict,
        note="; ".join(text for text in (blank.note, decision.note, *_few(pairs, found), ahead) if text),
        baseline_ns=float(np.median(pairs.before_ns)),
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
        p99_ns={r: p99 for r in (BASELINE, CONTROL, role) if (p99 := _p99_ns(r, times, found)) is not None},
    )


def _few(pairs: Pairs, found: GroupOutcome) -> Iterator[str]:
    """A word on calls that are too long for a throw-away call before each, and of which few were taken."""
    most = int(np.bincount(pairs.process).max())
    if found.group.kind != "micro" and most <= _FEW_ROUNDS and float(np.median(pairs.before_ns)) > SLOW_CALL_NS:
        count = "1 round" if most == 1 else f"{most} rounds"
        yield f"{count} in a process after one call to warm up: part of it is still cold"


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
        if (g.kind, g.workload, g.size, g.on, g.seam, g.state, g.layout, g.threads) == (
            row.kind, row.workload, row.size, row.on, row.seam, row.state, row.layout, row.threads,
        ):  # fmt: skip
            for candidate in g.candidates:
                if candidate.recipes == row.recipes:
                    return found, candidate
    return None, None


def _speedup(estimate: Estimate) -> Speedup:
    point, low, high = estimate.ratio()
    return Speedup(point=point, low=low, high=high, level=estimate.level)


def _proof(
    kind: str,
    proof: Mapping[str, Any],
    trouble: Trouble | None,
    found: GroupOutcome | None,
    candidate: Candidate | None,
) -> Proof:
    timed = found.checked.get(candidate.role, 0) if found and candidate else 0
    return Proof(
        passed=trouble is None and proof["passed"],
        kind=kind,
        detail=trouble.text if trouble else "",
        checked_calls=proof["checked_calls"] + timed,
        first_difference=trouble.difference if trouble else None,
    )


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


def _with_amdahl(
    result: Result,
    results: Sequence[Result],
    outcome: Outcome,
    entries: Mapping[str, RecipeEntry],
    seams: Mapping[str, Seam],
) -> Result:
    """Add the share of the replaced seams in the baseline, and what it and the micro rows predict for the whole."""
    seen = outcome.seams.get((result.workload, result.on))
    if result.kind != "macro" or seen is None or len(result.recipes) != 1:
        return result
    if read_point(result.size)[1] == THREADS:
        return result  # the shares were counted on another number of threads
    touches = entries[result.recipes[0]].recipe.touches
    if any(seams[seam].kind != "call" for seam in touches):
        return result  # what a factory makes works outside of its calls
    if any(seen["seams"][seam]["concurrent"] for seam in touches):
        return result  # on threads of their own their time runs beside that of others: it is no share of the whole
    shares = {seam: float(seen["seams"][seam]["inclusive"]) for seam in touches}
    share = min(1.0, sum(shares.values()))
    found = replace(result, share=share)
    alone = {seam: _alone(result, results, seam) for seam in touches}
    speedups = {seam: row.speedup for seam, row in alone.items() if row is not None and row.speedup}
    if len(speedups) < len(shares):
        return found

    def left(of: Callable[[Speedup], float], errors: float) -> float:
        """What remains of the time when each seam becomes faster by `of` its speed-up, shares being off by errors."""
        parts = {s: min(1.0, max(0.0, v + errors * (seen["seams"][s]["error"] or 0.0))) for s, v in shares.items()}
        return 1 - min(1.0, sum(parts.values())) + sum(parts[s] / of(speedups[s]) for s in parts)

    whole = left(lambda s: s.point, 0.0)
    if whole <= 0:
        return found
    found = replace(found, amdahl=1 / whole)
    measured = result.speedup
    if measured is None or any(seen["seams"][seam]["error"] is None for seam in touches):
        return found
    ends = sorted(1 / max(1e-9, left(of, e)) for of in (lambda s: s.low, lambda s: s.high) for e in (-_ERRORS, _ERRORS))
    if measured.low > ends[-1] or measured.high < ends[0]:
        side = "more" if measured.low > ends[-1] else "less"
        apart = f"{side} than the seam explains: Amdahl predicts {ends[0]:.3g}x to {ends[-1]:.3g}x from its share alone"
        found = replace(found, note="; ".join(text for text in (found.note, apart) if text))
    return found


def _alone(result: Result, results: Sequence[Result], seam: str) -> Result | None:
    """The row of a seam alone that goes with a row of the whole workload."""
    return next(
        (
            r
            for r in results
            if (r.kind, r.workload, r.size, r.seam) == ("micro", result.workload, result.size, seam)
            and (r.recipes, r.on) == (result.recipes, result.on)
            and r.state != "cold"
            and r.speedup
        ),
        None,
    )


def _with_claim(result: Result, entries: Mapping[str, RecipeEntry], place: TargetEntry) -> Result:
    """Judge the recipe's claim on the rows that measure what it speaks of."""
    if len(result.recipes) != 1:
        return result
    claim = entries[result.recipes[0]].recipe.claim
    if claim is None or not _speaks_of(claim, result, place):
        return result
    interval = (result.speedup.point, result.speedup.low, result.speedup.high) if result.speedup else None
    return replace(
        result,
        claim=ClaimOutcome(
            text=claim.text,
            measure=claim.measure,
            low=claim.low,
            high=claim.high,
            on=claim.on,
            source=claim.source,
            outcome=judge_claim(claim, result.verdict, interval),
            measured=measured_value(claim, interval) if interval else None,
        ),
    )


def _speaks_of(claim: Claim, result: Result, place: TargetEntry) -> bool:
    if result.workload != claim.workload or result.size != place.workload(result.workload).sizes[0]:
        return False
    if claim.measure == "seam speed-up":
        return result.kind == "micro" and result.state != "cold"
    return result.kind == "macro"
