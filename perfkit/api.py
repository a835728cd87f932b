"""What the commands do, callable from Python: `from perfkit import api`. Nothing here prints or exits.

    found = api.catalog()
    document = api.compare(found, recipes=["rope-cache"], settings=api.Settings(processes=5, budget_s=3.0))
    print(document.results[0].verdict, document.results[0].speedup)

A catalogue is opened once and handed to each of them. What cannot be done is a `perfkit.errors.PerfkitError`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, open_catalogs
from perfkit.catalog.parse_file import read_source
from perfkit.catalog.parts import Part, parts_of
from perfkit.result import Document
from perfkit.settings import Settings, Watcher

if TYPE_CHECKING:
    from perfkit.comparison.against import Against
    from perfkit.comparison.functions import Functions
    from perfkit.grammar import Function
    from perfkit.machine.subnormal_cost import Penalty
    from perfkit.microbench.functions import FunctionBench
    from perfkit.microbench.sampling import Sampling
    from perfkit.microbench.trap import Shown
    from perfkit.profiling.each import Wanted
    from perfkit.profiling.program import ProgramProfiled, ProgramRequest
    from perfkit.profiling.run import Profiled
    from perfkit.profiling.timed import Changed
    from perfkit.protocol.opening import FromCallables

__all__ = [
    "Settings",
    "Watcher",
    "against",
    "bench",
    "bench_function",
    "catalog",
    "compare",
    "compare_functions",
    "explain",
    "explain_parts",
    "explain_target",
    "fresh_seed",
    "profile",
    "profile_function",
    "profile_program",
    "profile_running",
    "summaries",
    "thresholds",
    "traps",
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


def explain_target(name: str, extra: Sequence[Path] = ()) -> tuple[TargetEntry, str] | None:
    """A target with the documentation of its file; None where only a recipe can have that name."""
    found = open_catalogs(extra)
    entry = next((t for t in found.targets if t.id == name), None)
    if entry is None or any(r.recipe.id == name for r in found.recipes):
        return None
    return entry, read_source(entry.path).doc


def explain_parts(name: str, extra: Sequence[Path] = ()) -> tuple[Part, ...]:
    """The seams and workloads of that name, `target/part` or its own; none where a recipe has it."""
    found = open_catalogs(extra)
    if any(name in (r.recipe.id, r.recipe.full_id) for r in found.recipes):
        return ()
    return parts_of(found, name)


def compare(
    found: Catalog,
    *,
    target: str | None = None,
    recipes: Sequence[str] = (),
    every: bool = False,
    workload: str | None = None,
    size: str | None = None,
    together: bool = False,
    quick: bool = False,
    memory: bool = False,
    alternatives: bool = False,
    sweep: str | None = None,
    settings: Settings | None = None,
    command: str = "",
    watcher: Watcher | None = None,
) -> Document:
    """Prove and measure recipes against their baseline.

    `alternatives`: recipes that cannot stand together are measured against each other too, and are no conflict.
    Raises UsageError, UnknownName, CatalogError or RecipeConflict before anything runs. A recipe that is wrong,
    raises or crashes is a row of the document, not an exception; Ctrl-C gives the document so far, and so does the
    CutShort that any error becomes once there are samples.
    """
    from perfkit.comparison.plan import Choice, set_up  # numpy comes with these; listing does without
    from perfkit.comparison.run import Comparison, run

    settings = settings or Settings()
    cores = os.cpu_count() or 1
    choice = Choice(
        target=target,
        recipes=recipes,
        every=every,
        workload=workload,
        size=size,
        together=together,
        other_threads=cores if cores != settings.threads else None,
        quick=quick,
        memory=memory,
        alternatives=alternatives,
    )
    asked = Comparison(
        catalog=found,
        plan=set_up(found, choice),
        settings=settings,
        command=command,
        watcher=watcher or Watcher(),
    )
    if sweep is not None:
        from perfkit.axis import read_sweep
        from perfkit.comparison.sweep import along, run_sweep

        wanted = read_sweep(sweep)
        return run_sweep(replace(asked, plan=along(asked.plan, wanted)), wanted)
    return run(asked)


def compare_functions(
    asked: Functions,
    *,
    quick: bool = False,
    settings: Settings | None = None,
    command: str = "",
    watcher: Watcher | None = None,
) -> Document:
    """Prove and measure functions against the first of them.

    Raises UsageError before anything runs, and WorkFailed where a module does not import or the baseline fails. A
    candidate that is wrong, raises or crashes is a row of the document; Ctrl-C gives the document so far, and so does
    the CutShort that any error becomes once there are samples.
    """
    from perfkit.comparison.functions import run_functions

    return run_functions(
        asked, quick=quick, settings=settings or Settings(), command=command, watcher=watcher or Watcher()
    )


def bench(
    found: Catalog,
    names: Sequence[str] = (),
    *,
    size: str | None = None,
    dtype: str | None = None,
    sweep: str | None = None,
    how: Sampling | None = None,
    settings: Settings | None = None,
    command: str = "",
    watcher: Watcher | None = None,
    heard: Callable[[Document], None] = lambda document: None,
) -> Document:
    """Measure seams alone, the baseline and each recipe: those of targets, seams or recipes by name, or all there are.

    `heard` is told of each target's document as soon as it is measured. Raises UsageError, UnknownName or CatalogError
    before anything runs, and WorkFailed where a target fails. Ctrl-C gives the document so far, and so does the
    CutShort that any error becomes once there are samples.
    """
    from perfkit.microbench.run import Bench, run
    from perfkit.microbench.sampling import Sampling
    from perfkit.microbench.wanted import wanted

    chosen = wanted(found, names, size=size, dtype=dtype, sweep=sweep)
    settings = settings or Settings(processes=5, budget_s=60.0, whole_s=170.0)
    return run(
        Bench(
            catalog=found,
            wanted=chosen,
            settings=settings,
            command=command,
            named=bool(names),
            how=how or Sampling(),
            watcher=watcher or Watcher(),
            heard=heard,
        )
    )


def traps(
    found: Catalog, *, settings: Settings | None = None, watcher: Watcher | None = None
) -> tuple[tuple[Shown, ...], tuple[Penalty, ...]]:
    """Show how a loop that feeds on its own output misleads, and measure what subnormals cost on this machine."""
    from perfkit.machine.subnormal_cost import penalties
    from perfkit.microbench.trap import TRAPS, show_trap

    settings, watcher = settings or Settings(processes=5, budget_s=2.0, whole_s=30.0), watcher or Watcher()
    shown = tuple(show_trap(trap, found, settings=settings, watcher=watcher) for trap in TRAPS)
    return shown, tuple(penalties(settings.seed))


def bench_function(
    asked: FunctionBench, *, settings: Settings | None = None, command: str = "", watcher: Watcher | None = None
) -> Document:
    """Measure a function by itself: its first call in a process, and later ones, each on inputs of its own.

    Raises UsageError before anything runs, and WorkFailed where its module or the function fails. Ctrl-C gives the
    document so far, and so does the CutShort that any error becomes once there are samples.
    """
    from perfkit.microbench.functions import run_function

    settings = settings or Settings(processes=5, budget_s=5.0)
    return run_function(asked, settings=settings, command=command, watcher=watcher or Watcher())


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
    from perfkit.profiling import each, run, timed

    do = timed.run_change if recipes else run.run_profile
    return do(
        found,
        target,
        workload=workload,
        size=size,
        recipes=recipes,
        wanted=wanted or each.Wanted(),
        settings=settings or Settings(),
        watcher=watcher or Watcher(),
    )


def profile_function(
    code: FromCallables,
    *,
    wanted: Wanted | None = None,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
) -> Profiled:
    """Run one function under profilers, called with what `code` says.

    Raises UsageError before anything runs, WorkFailed when its module or the function fails, and ProfilerUnavailable.
    """
    from perfkit.profiling import each, run

    return run.profile_function(
        code, wanted=wanted or each.Wanted(), settings=settings or Settings(), watcher=watcher or Watcher()
    )


def profile_program(request: ProgramRequest, watcher: Watcher | None = None) -> ProgramProfiled:
    """Run a program under a sampler, and again under each other profiler that is wanted; its output is its own.

    Raises UsageError for what is no program, and ProfilerUnavailable.
    """
    from perfkit.profiling import program

    return program.profile_program(request, watcher)


def profile_running(
    pid: int, *, wanted: Wanted | None = None, only: Function | None = None, watcher: Watcher | None = None
) -> ProgramProfiled:
    """Look at a process that runs already, and leave it alone. Raises UsageError and ProfilerUnavailable."""
    from perfkit.profiling import each, program

    return program.profile_running(pid, wanted=wanted or each.Wanted(), only=only, watcher=watcher)


def fresh_seed() -> int:
    """A seed for a session whose user gave none; it is saved with the results."""
    return random.SystemRandom().randrange(2**31)
