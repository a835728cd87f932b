"""Run one comparison from the user's words to a document."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from perfkit import __version__, schedule
from perfkit.catalog import Catalog, RecipeEntry
from perfkit.comparison.extremes import add_extremes
from perfkit.comparison.judge import judge_rows
from perfkit.comparison.partial import how_far, reached_rows
from perfkit.comparison.plan import Plan, Row, groups_of, plan_line, rows_of, within_budget
from perfkit.comparison.stack import better_without, compatible, rows_of_stack, without
from perfkit.comparison.warnings import analyse
from perfkit.errors import PerfkitError
from perfkit.machine import counters
from perfkit.result import Document, Result, Sample
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher
from perfkit.worker.sampler import SLOW_CALL_NS

__all__ = ["run"]

_START_S = 0.5  # an interpreter, its imports and the weights of a small model
_KEEP_EVERY_S = 10.0  # how often a long run hands out what it has so far
_SOAK_NS = 300_000_000  # how long the repeated calls of one seam's proof may take
_SOAK_CALLS = (4, 64)
_SOAK_S, _SOAKS_S = 1.5, 1.5  # that calls without comparing may take at most: one proof's, and a candidate's
_FEWEST_SOAKS_S = 1.0  # however short the session: drift comes with calls, and not with the budget
_SPARE = 1.5  # times what the first rounds of slow calls take
_ALONE, _STACKED = 0.5, 0.35  # of the budget; the rest is for what is left of the stack

SeamTable = dict[tuple[str, tuple[str, ...]], dict[str, Any]]


def run(catalog: Catalog, plan: Plan, settings: Settings, command: str, watcher: Watcher) -> Document:
    """Count, prove, measure, judge. Ctrl-C at any point returns what there is, with status `interrupted`."""
    start = last_kept = time.monotonic()
    entries = {e.recipe.full_id: e for e in catalog.of_target(plan.target.id)}
    rows: list[Row] = []
    stacked: list[list[Row]] = []
    before: dict[str, float] = {}

    def document(*, cut_short: bool) -> Document:
        every = [*rows, *(row for part in stacked for row in part)]
        results = judge_rows(plan.target, every, entries, outcome, settings.margin)
        reached = ""
        if cut_short:
            variants = [_ids(v) for v in plan.variants if plan.measurable(v)]
            reached = how_far(variants, every, results, outcome)
            results = reached_rows(every, results)
        samples = tuple(s for found in outcome.groups.values() for s in found.samples)
        environment = {**outcome.environment, "threads": settings.threads, "resolution_ns": outcome.resolution_ns}
        if before:
            environment["during"] = counters.happened(before, counters.counters())
        found = Document(
            perfkit=__version__,
            command=command,
            seed=settings.seed,
            status="interrupted" if cut_short else outcome.status,
            reached=reached,
            environment=environment,
            results=results,
            samples=samples,
            warnings=(*outcome.warnings, *outcome.thread_warnings(), *_natural(outcome), *_warnings(results, samples)),
            timing={"measuring_s": round(outcome.measuring_s, 3), "total_s": round(time.monotonic() - start, 3)},
        )
        return replace(found, warnings=(*found.warnings, *analyse(found)))

    def keep() -> None:
        nonlocal last_kept
        if watcher.kept is not None and time.monotonic() - last_kept >= _KEEP_EVERY_S:
            watcher.kept(document(cut_short=True))  # true of the file, should it stay the last
            last_kept = time.monotonic()

    session = Session(plan.target.id, settings, watcher.doing, keep, installed=catalog.installed)
    outcome = session.outcome
    outcome.warnings += plan.unproven
    try:
        with watcher.interruptible():
            _scout(session, plan)
            layouts = ("in-process", "processes") if settings.layout == "both" else (settings.layout,)
            rows = list(rows_of(plan, outcome.seams, layouts))
            _prove(session, plan, rows, settings)
            settings = _stretched(plan, rows, outcome, settings)
            budget_s = settings.budget_s * (_ALONE if plan.together else 1)
            groups, call_ns, rows = _fit(plan, rows, outcome, replace(settings, budget_s=budget_s))
            if groups:
                whole_s = time.monotonic() - start + settings.budget_s + _set_up_s(groups, call_ns)
                watcher.planned(f"{plan_line(groups, call_ns, budget_s)}; about {whole_s:.0f} s in all")
            before = counters.counters()
            session.measure(groups, budget_s)
            if plan.together:
                for part in _stacked(session, plan, rows, entries, settings):
                    stacked.append(part)
                try:
                    session.limits({r.workload: r.size for part in stacked for r in part})
                except PerfkitError as error:  # all has been measured by now, and this is only said beside it
                    outcome.warnings.append(f"the limits of this machine are not known: {error.message}")
            add_extremes(session, plan, settings, watcher)
    except KeyboardInterrupt:
        outcome.status = "interrupted"
    except Exception:  # what cannot be gone on with: the samples so far are worth keeping all the same
        if watcher.kept is not None and any(found.samples for found in outcome.groups.values()):
            watcher.kept(document(cut_short=True))
        raise
    return document(cut_short=outcome.status == "interrupted")


def _stacked(
    session: Session,
    plan: Plan,
    rows: Sequence[Row],
    entries: Mapping[str, RecipeEntry],
    settings: Settings,
) -> Iterator[list[Row]]:
    """Measure the stack of all recipes that stand together, each on the others, and what is left without the worst.

    Yields rows before they are measured, so that an interruption loses nothing.
    """
    outcome = session.outcome

    def judged(some: Sequence[Row]) -> tuple[Result, ...]:
        return judge_rows(plan.target, some, entries, outcome, settings.margin)

    alone = judged(rows)
    workloads = tuple(dict.fromkeys(r.workload for r in rows if r.kind == "macro"))
    for workload in workloads:
        size = plan.size_of(workload)
        fit = [e for e in (v[0] for v in plan.variants if len(v) == 1) if _stands(e, alone, workload, outcome)]
        stack = compatible(fit, alone, plan.target.tree, workload, size)
        if len(stack.entries) < 2:
            continue
        more = rows_of_stack(stack)
        yield more
        _measure_more(session, plan, more, entries, settings, settings.budget_s * _STACKED / len(workloads))
        dropped = better_without(stack, judged(more))
        # where all that goes is idle anyway, what is left is the same code as the whole
        if "slower" in dropped.values() and len(dropped) < len(stack.entries):
            rest = [without(stack, dropped)]
            yield rest
            last_s = settings.budget_s * (1 - _ALONE - _STACKED) / len(workloads)
            _measure_more(session, plan, rest, entries, settings, last_s)


def _stands(entry: RecipeEntry, alone: Sequence[Result], workload: str, outcome: Outcome) -> bool:
    """Whether a recipe is right, can run here, and does something on a workload."""
    own = [r for r in alone if r.recipes == (entry.recipe.full_id,)]
    if entry.recipe.status == "reference":
        return False
    if not own or any(r.verdict in ("rejected", "failed") or r.reason == "missing-dependency" for r in own):
        return False
    seen = outcome.seams.get((workload, ()))
    return seen is None or any(seen["seams"][seam]["calls"] for seam in entry.recipe.touches)


def _measure_more(
    session: Session,
    plan: Plan,
    rows: list[Row],
    entries: Mapping[str, RecipeEntry],
    settings: Settings,
    budget_s: float,
) -> None:
    """Count, prove and measure rows that stand on stacks of their own; those that do not fit get a remark."""
    with ExitStack() as stack:
        worker = stack.enter_context(session.worker(0))
        for row in rows:
            if not session.scout(worker, row.workload, row.size, row.on, row.key):
                worker = stack.enter_context(session.worker(0))
    for row in rows:
        if row.key in session.outcome.failures:
            continue
        touched = {seam for name in row.recipes for seam in entries[name].recipe.touches}
        proof = {"do": "prove", "workload": row.workload, "on": list(row.on), "at_size": True}
        proof["soak_s"] = min(_SOAK_S, _soaks_s(settings))
        places = [(row.workload, row.size, row.on)]
        candidate = Candidate(role=schedule.CANDIDATE, recipes=row.recipes, apart=row.apart)
        session.examine(candidate, places, sorted(touched), [proof])
    groups, _, rows[:] = _fit(plan, rows, session.outcome, replace(settings, budget_s=budget_s))
    session.measure(groups, budget_s)


def _scout(session: Session, plan: Plan) -> None:
    """Count and clock the seams of every baseline."""
    with ExitStack() as stack:
        worker = stack.enter_context(session.worker(0, describe=True))
        for variant in plan.variants:
            for workload in plan.workloads(variant):
                for on in plan.measurable(variant):
                    if not session.scout(worker, workload, plan.size_of(workload), on, _ids(variant)):
                        worker = stack.enter_context(session.worker(0))


def _ids(variant: Sequence[RecipeEntry]) -> tuple[str, ...]:
    return tuple(e.recipe.full_id for e in variant)


def _touched(variant: Sequence[RecipeEntry]) -> tuple[str, ...]:
    return tuple(sorted({seam for e in variant for seam in e.recipe.touches}))


def _prove(session: Session, plan: Plan, rows: Sequence[Row], settings: Settings) -> None:
    """Prove every candidate on every workload of the target, and on each seam that will be measured alone."""
    for variant in plan.variants:
        recipes, stacks = _ids(variant), plan.measurable(variant)
        if not stacks or recipes in session.outcome.failures:
            continue
        places = [(w, plan.size_of(w), on) for w in plan.workloads(variant) for on in stacks]
        seams = [r for r in rows if r.recipes == recipes and r.kind == "micro" and not r.remark and r.state != "cold"]
        soak_s = min(_SOAK_S, _soaks_s(settings) / (len(places) + len(seams)))
        proofs: list[dict[str, Any]] = [
            {
                "do": "prove",
                "workload": w.id,
                "on": list(on),
                "at_size": on == stacks[-1],
                "soak_s": soak_s if w.id in plan.workloads(variant) else 0.0,
            }
            for on in stacks
            for w in plan.target.able
            if not on or w.id in plan.workloads(variant)
        ]
        for row in seams:
            proofs.append(
                {
                    "do": "prove_seam",
                    "workload": row.workload,
                    "size": row.size,
                    "seam": row.seam,
                    "on": list(row.on),
                    "soak": _soak(_seam_ns(row, session.outcome)),
                    "soak_s": soak_s,
                }
            )
        session.examine(Candidate(role=schedule.CANDIDATE, recipes=recipes), places, _touched(variant), proofs)


def _set_up_s(groups: Sequence[Group], call_ns: Mapping[str, float]) -> float:
    """Seconds that starting processes, building instances and warming them up will take, roughly."""
    starts = max(g.processes for g in groups) + sum(
        g.processes * len(g.roles) for g in groups if g.layout == "processes"
    )
    calls = {g.id: 1 if call_ns[g.id] > SLOW_CALL_NS else 3 for g in groups}  # before the first round
    warm_ns = sum(g.processes * len(g.roles) * calls[g.id] * call_ns[g.id] for g in groups)
    return starts * _START_S + warm_ns / 1e9


def _soaks_s(settings: Settings) -> float:
    """Seconds that many calls in a row may take, of all the proofs of a candidate: less in a short session."""
    return min(_SOAKS_S, max(_FEWEST_SOAKS_S, settings.budget_s / 2))


def _soak(call_ns: float) -> int:
    fewest, most = _SOAK_CALLS
    return max(fewest, min(most, int(_SOAK_NS / max(call_ns, 1))))


def _seam_ns(row: Row, outcome: Outcome) -> float:
    """Nanoseconds of one call of a row's seam, from the counting pass."""
    seen = outcome.seams[row.workload, row.on]
    seam = seen["seams"][row.seam]
    return float(seen["call_ns"] * seam["inclusive"] / max(1.0, seam["calls"] / seen["passes"]))


def _row_ns(row: Row, outcome: Outcome) -> float:
    if row.kind == "micro":
        return _seam_ns(row, outcome)
    return float(outcome.seams[row.workload, row.on]["call_ns"])


def _healthy(rows: Sequence[Row], outcome: Outcome) -> list[Row]:
    """Rows of recipes that are right and called."""
    return [
        r
        for r in rows
        if r.recipes not in outcome.failures and (r.workload, r.on, r.recipes) not in outcome.not_exercised
    ]


def _stretched(plan: Plan, rows: Sequence[Row], outcome: Outcome, settings: Settings) -> Settings:
    """As much more budget as the first rounds of slow calls need, where the user set none."""
    if not settings.stretch_s:
        return settings
    healthy = _healthy(rows, outcome)
    row_ns = {row: _row_ns(row, outcome) for row in healthy if not row.remark}
    groups = groups_of(plan.target.id, healthy, row_ns, settings.processes)
    _, slow = within_budget(groups, {g.id: _row_ns(_as_row(g), outcome) for g in groups}, 0.0)
    need_s = _SPARE * sum(need for _, need in slow)
    return replace(settings, budget_s=max(settings.budget_s, min(need_s, settings.stretch_s)))


def _fit(
    plan: Plan, rows: Sequence[Row], outcome: Outcome, settings: Settings
) -> tuple[list[Group], dict[str, float], list[Row]]:
    """Form the groups; a row whose first round does not fit the budget is kept with a remark instead."""
    healthy = _healthy(rows, outcome)
    row_ns = {row: _row_ns(row, outcome) for row in healthy if not row.remark}
    groups = groups_of(plan.target.id, healthy, row_ns, settings.processes)
    call_ns = {g.id: _row_ns(_as_row(g), outcome) for g in groups}
    kept, dropped = within_budget(groups, call_ns, settings.budget_s)
    if not dropped:
        return kept, call_ns, list(rows)
    remarks = {
        g.id: f"one call takes {call_ns[g.id] / 1e9:.2g} s: needs --budget {_SPARE * plan.points * need_s:.0f}s, "
        "or a smaller --size"
        for g, need_s in dropped
    }
    member = {(c.recipes, _as_row(g)): remarks[g.id] for g, _ in dropped for c in g.candidates}
    return (
        kept,
        call_ns,
        [replace(r, remark=r.remark or member.get((r.recipes, replace(r, recipes=())), "")) for r in rows],
    )


def _as_row(group: Group) -> Row:
    return Row(
        recipes=(),
        on=group.on,
        workload=group.workload,
        size=group.size,
        kind=group.kind,
        seam=group.seam,
        state=group.state,
        layout=group.layout,
        threads=group.threads,
    )


def _natural(outcome: Outcome) -> list[str]:
    """Subnormal or non-finite numbers that belong to the work itself, and not to the loop around it."""
    found = []
    for group_id, one in outcome.groups.items():
        found += [
            f"{group_id}: the work itself has {flag} numbers" for flag in sorted(one.natural) if flag != "decayed"
        ]
    return found


def _warnings(results: Sequence[Result], samples: Sequence[Sample]) -> list[str]:
    found = []
    flags: dict[str, int] = {}
    for sample in samples:
        for flag in sample.flags:
            flags[flag] = flags.get(flag, 0) + 1
    for flag, count in sorted(flags.items()):
        found.append(f"{count} sample{'s' * (count != 1)} {_FLAG_WORDS.get(flag, flag)}")
    slow = [r for r in results if r.baseline_ns and r.baseline_ns > SLOW_CALL_NS and r.verdict == "undecided"]
    if slow:
        found.append(f"{slow[0].workload} is slow here; a smaller --size decides sooner")
    return found


_FLAG_WORDS = {
    "subnormal": "went subnormal, which some processors compute slowly",
    "nonfinite": "overflowed or gave NaN",
    "decayed": "decayed to zeros",
    "repeated": "taken again with fewer loops",
}
