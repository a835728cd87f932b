"""The use cases, callable from Python as from the command line. Nothing here prints."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfkit import __version__
from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry, open_catalogs
from perfkit.errors import UsageError
from perfkit.result import Document, Result
from perfkit.settings import Settings, Watcher

if TYPE_CHECKING:
    from perfkit.comparison.against import Against
    from perfkit.machine.doctor import Check
    from perfkit.profiling.run import Profiled, Wanted
    from perfkit.profiling.timed import Changed

__all__ = [
    "Settings",
    "Watcher",
    "against",
    "against_data",
    "catalog",
    "check_positive",
    "compare",
    "doctor_data",
    "envelope",
    "exit_code",
    "explain",
    "fresh_seed",
    "listing",
    "profile",
    "profile_data",
    "recipe_data",
    "summaries",
    "thresholds",
]


def catalog(extra: Sequence[Path] = ()) -> Catalog:
    """perfkit's own catalogue, those of installed packages, and the `extra` folders. Imports none of their code."""
    return open_catalogs(extra)


def summaries(found: Catalog) -> dict[str, str]:
    """One line for each recipe, by full id."""
    return {r.recipe.full_id: r.summary for r in found.recipes}


def thresholds(found: Catalog) -> dict[str, Mapping[str, tuple[float, str]]]:
    """Where each recipe's source says that it begins to pay, by full id and axis."""
    return {r.recipe.full_id: r.recipe.thresholds for r in found.recipes if r.recipe.thresholds}


def explain(name: str, extra: Sequence[Path] = ()) -> RecipeEntry:
    """One recipe with its documentation. Raises UnknownName with the nearest."""
    return open_catalogs(extra).recipe(name)


def compare(
    found: Catalog,
    *,
    target: str | None = None,
    recipes: Sequence[str] = (),
    every: bool = False,
    workload: str | None = None,
    size: str | None = None,
    together: bool = False,
    sweep: str | None = None,
    settings: Settings | None = None,
    command: str = "",
    watcher: Watcher | None = None,
) -> Document:
    """Prove and measure recipes against their baseline.

    Raises UsageError, UnknownName, CatalogError or RecipeConflict before anything runs. A recipe that is wrong,
    raises or crashes is a row of the document, not an exception; Ctrl-C gives the document so far.
    """
    from perfkit.comparison.plan import set_up  # numpy comes with these; listing does without
    from perfkit.comparison.run import run

    settings = settings or Settings()
    cores = os.cpu_count() or 1
    plan = set_up(
        found,
        target,
        recipes,
        every=every,
        workload=workload,
        size=size,
        together=together,
        other_threads=cores if cores != settings.threads else None,
    )
    if sweep is not None:
        from perfkit.axis import read_sweep
        from perfkit.comparison.sweep import along, run_sweep

        wanted = read_sweep(sweep)
        plan = along(plan, wanted)
        return run_sweep(found, plan, wanted, settings, command, watcher or Watcher())
    return run(found, plan, settings, command, watcher or Watcher())


def against(now: Document, then: Document) -> Against:
    """Hold a saved run against an older one, row by row. Raises UsageError when they have nothing in common."""
    from perfkit.comparison.against import against as hold

    return hold(now, then)


def profile(
    found: Catalog,
    target: str,
    *,
    workload: str | None = None,
    size: str | None = None,
    recipes: Sequence[str] = (),
    wanted: Wanted | None = None,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
) -> Profiled | Changed:
    """Run one workload under profilers; with `recipes`, without and with them, and timed beside it.

    Raises what `compare` raises, WorkFailed when the code fails, and ProfilerUnavailable.
    """
    from perfkit.profiling import run, timed

    do = timed.run_change if recipes else run.run_profile
    return do(
        found,
        target,
        workload=workload,
        size=size,
        recipes=recipes,
        wanted=wanted or run.Wanted(),
        settings=settings or Settings(),
        watcher=watcher or Watcher(),
    )


def exit_code(document: Document, found: Catalog, *, named: bool, strict: bool) -> int:
    """130 interrupted, 1 a named recipe lacks a module, 4 it changes what it does not declare, 5 a proof or run failed,
    6 undecided or not exercised under `strict`, 0."""
    if document.status == "interrupted":
        return 130
    able = {r.recipes for r in document.results if r.reason != "missing-dependency"}
    if named and any(r.recipes not in able for r in document.results):
        return 1
    if named and any(r.reason == "conflict" for r in document.results):
        return 4
    statuses = {r.recipe.full_id: r.recipe.status for r in found.recipes}
    for result in document.results:
        meant = [statuses.get(r, "documented") == "rejected" for r in result.recipes]
        wrong = result.verdict in ("rejected", "failed")
        if wrong and (named or not any(meant)):
            return 5
        if not wrong and any(meant) and result.proof.passed:
            return 5
    if strict and any(r.verdict in ("undecided", "not-exercised") for r in document.results):
        return 6
    return 0


def fresh_seed() -> int:
    """A seed for a session whose user gave none; it is saved with the results."""
    return random.SystemRandom().randrange(2**31)


def check_positive(name: str, value: float) -> None:
    """Raise UsageError unless `value` is a positive, finite number."""
    if not 0 < value < float("inf"):
        raise UsageError(f"{name} must be a positive number, not {value:g}", hint=f"write {name} 0.01")


def envelope(command: str, /, **content: Any) -> dict[str, Any]:
    """The document of a command that measures no recipe: format, version, command, and its own content."""
    return {"format_version": 1, "perfkit": __version__, "command": command, **content}


def recipe_data(entry: RecipeEntry) -> dict[str, Any]:
    """One recipe as plain data."""
    recipe = entry.recipe
    return {
        "id": recipe.id,
        "target": recipe.target,
        "summary": entry.summary,
        "status": recipe.status,
        "touches": recipe.touches,
        "claim": recipe.claim,
        "equivalence": recipe.equivalence,
        "needs": recipe.needs,
        "unavailable": entry.unavailable or None,
    }


def _needs(entry: TargetEntry | WorkloadEntry) -> dict[str, Any]:
    return {"needs": entry.needs, "unavailable": entry.unavailable or None}


def listing(found: Catalog) -> dict[str, Any]:
    """Every target and recipe as plain data."""
    targets = [
        {
            "id": t.id,
            "summary": t.summary,
            "workloads": [
                {"id": w.id, "summary": w.summary, "sizes": w.sizes, "axes": w.axes, **_needs(w)} for w in t.workloads
            ],
            "seams": list(t.seams),
            **_needs(t),
        }
        for t in found.targets
    ]
    recipes = [recipe_data(r) for r in found.recipes]
    return envelope("list", targets=targets, recipes=recipes, warnings=[e.message for e in found.broken])


def against_data(found: Against) -> dict[str, Any]:
    """Two saved runs, row against row, as plain data; times only where these may be compared."""
    return envelope(
        "show",
        then=_run_data(found.then),
        now=_run_data(found.now),
        differences=found.differences,
        notes=found.notes,
        times_comparable=found.times_comparable,
        pairs=[
            {
                **_row_data(pair.now),
                "change": pair.change,
                "note": pair.note,
                "then": _outcome_data(pair.then, times=found.times_comparable),
                "now": _outcome_data(pair.now, times=found.times_comparable),
            }
            for pair in found.pairs
        ],
        only_then=[_row_data(row) for row in found.only_then],
        only_now=[_row_data(row) for row in found.only_now],
    )


def _run_data(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in ("perfkit", "command", "seed", "status", "environment", "timing")}


def _row_data(row: Result) -> dict[str, Any]:
    """What a row measured."""
    names = ("target", "recipes", "on", "workload", "size", "kind", "seam", "state", "layout")
    return {name: getattr(row, name) for name in names}


def _outcome_data(row: Result, *, times: bool) -> dict[str, Any]:
    return {
        "verdict": row.verdict,
        "speedup": row.speedup,
        "baseline_ns": row.baseline_ns if times else None,
        "candidate_ns": row.candidate_ns if times else None,
    }


def doctor_data(checks: Sequence[Check]) -> dict[str, Any]:
    """The doctor's findings as plain data, with the machine and the versions that they are about."""
    from perfkit.machine.environment import describe

    environment = describe()
    # the doctor pins nothing: it runs with as many threads as the user's own environment gives
    return envelope("doctor", environment={**environment, "threads": environment["blas_threads"]}, checks=checks)


def profile_data(found: Catalog, profiled: Profiled | Changed) -> dict[str, Any]:
    """A profile as plain data; each hot spot names the recipes that replace its seam. Of a change, what came after."""
    from perfkit.profilers.merge import disagreements, main_of
    from perfkit.profilers.waiting import wall_of
    from perfkit.profiling.timed import Changed

    change = profiled if isinstance(profiled, Changed) else None
    after = profiled.after if isinstance(profiled, Changed) else profiled
    aims: dict[str, list[str]] = {}
    for advice in after.advice:
        for seam in advice.seams:
            aims.setdefault(seam, []).append(advice.recipe)
    main = main_of(after.profiles)
    hotspots = [
        {
            "function": h.function,
            "file": h.file,
            "line": h.line,
            "seam": h.seam,
            "self": h.self_ns,
            "total": h.total_ns,
            "calls": h.calls,
            "recipes": aims.get(h.seam or "", []),
        }
        for h in (main.hotspots if main else ())
    ]
    return envelope(
        "profile",
        status=after.status,
        target=after.target,
        workload=after.workload,
        size=after.size,
        recipes=after.recipes,
        environment=after.environment,
        profilers=[
            {
                "name": p.profiler,
                "slowdown": p.slowdown,
                "total_ns": p.total_ns,
                "passes": p.passes,
                "rate": p.rate,
                "samples": p.samples,
                "notes": p.notes,
            }
            for p in after.profiles
        ],
        wall=wall_of(after.profiles, main),
        missing=(*(change.before.missing if change else ()), *after.missing),
        seams=[{"seam": s, "share": v, "calls": after.seam_calls[s]} for s, v in after.seam_shares.items()],
        advice=after.advice,
        disagreements=disagreements(after.profiles),
        hotspots=hotspots,
        change=_change_data(change) if change else None,
    )


def _change_data(change: Changed) -> dict[str, Any]:
    return {
        "on": change.before.recipes,
        "timed": change.timed,
        "trouble": change.trouble,
        "profilers": change.differences,
    }
