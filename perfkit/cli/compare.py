"""`perfkit compare`: prove and measure functions or recipes, print the before/after table."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfkit.cli import completion
from perfkit.cli.catalogs import catalog_folders, warn_of_broken
from perfkit.cli.comparisons import line_of
from perfkit.cli.ending import until_cut_short, write_and_print
from perfkit.cli.exit_codes import exit_code
from perfkit.cli.files import check_files, saver
from perfkit.cli.functions import functions_of, refuse_with_functions, target_and_recipes
from perfkit.cli.interrupt import deferred
from perfkit.cli.terminal import CatalogOption, JsonOption, VerboseOption, named_path, progress
from perfkit.cli.values import check_positive, duration_s
from perfkit.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from perfkit.result import Document

__all__ = ["compare", "duration_s"]

_LONGEST_S = 120.0  # of sampling, unless the user says otherwise


def compare(
    context: typer.Context,
    code: Annotated[list[str] | None, typer.Argument(autocompletion=completion.codes, help="Functions, pkg.mod:old pkg.mod:new or file.py:f, the first is the baseline; or a target, a recipe, or a named comparison.", show_default=False)] = None,
    inputs: Annotated[str | None, typer.Option(metavar="PKG.MOD:MAKE", help="What functions are called with: make(rng) returns the arguments of one call.", show_default=False)] = None,
    args: Annotated[str | None, typer.Option(metavar="LITERALS", help="The same in literals, 'n=[10, 1000], x=2.5'; a list becomes a sweep.", show_default=False)] = None,
    close: Annotated[str | None, typer.Option(metavar="rtol=1e-6", help="How far results of functions may differ. [default: not at all]", show_default=False)] = None,
    ulp: Annotated[int | None, typer.Option(min=1, help="The same, in units in the last place.", show_default=False)] = None,
    equal: Annotated[str | None, typer.Option(metavar="PKG.MOD:SAME", help="Compare results by your own same(expected, got).", show_default=False)] = None,
    check: Annotated[str | None, typer.Option(metavar="stdout", help="Also compare what functions print.", show_default=False)] = None,
    no_proof: Annotated[bool, typer.Option("--no-proof", help="Skip the proof: the rows then say unproven.")] = False,
    recurring: Annotated[bool, typer.Option("--recurring", help="The same objects may come again as inputs.")] = False,
    named: Annotated[str | None, typer.Option(metavar="NAME", help="A comparison of functions that pyproject.toml names, or `all`.", show_default=False)] = None,
    recipe: Annotated[list[str] | None, typer.Option("--recipe", "-r", autocompletion=completion.recipes, help="A recipe to measure; several are also measured together.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every recipe of the target.")] = False,
    stack: Annotated[bool, typer.Option("--stack", help="With --all: also all compatible recipes at once, and without the worst.")] = False,
    sweep: Annotated[str | None, typer.Option(metavar="AXIS=LOW:HIGH", help="One recipe along an axis of its workload: rows=1:2048.", show_default=False)] = None,
    workload: Annotated[str | None, typer.Option(autocompletion=completion.workloads, help="Measure on this workload, or on `all`. [default: the claim's]", show_default=False)] = None,
    size: Annotated[str | None, typer.Option(autocompletion=completion.sizes, help="The model's size. [default: the workload's first]", show_default=False)] = None,
    budget: Annotated[str | None, typer.Option(metavar="TIME", help="Sampling time of the whole command: 15s, 2m; proofs and building come on top. [default: 5s, more for slow calls; with --all 6m in all, with --stack 10m]", show_default=False)] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Fresh processes; fewer than 5 give no verdict.")] = 8,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads for the measured code, BLAS and OpenMP included. [default: 1 for BLAS and OpenMP]", show_default=False)] = None,
    layout: Annotated[str, typer.Option(help="in-process, processes, or both.")] = "in-process",
    margin: Annotated[float, typer.Option(help="The relative difference that does not matter.")] = 0.01,
    seed: Annotated[int | None, typer.Option(min=0, help="Repeat the schedule and inputs of an earlier run.", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A first look: 5 processes, 2.5 s of sampling, a proof only where it measures.")] = False,
    memory: Annotated[bool, typer.Option("--memory", help="Also measure peak memory, in a second, untimed pass.")] = False,
    timeout: Annotated[str, typer.Option(metavar="TIME", help="The longest that one step may take.")] = "5m",
    awkward: Annotated[bool, typer.Option("--awkward", help="Reject a candidate that differs on extreme inputs drawn by type.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 6 when a row is undecided or not exercised.")] = False,
    verbose: VerboseOption = False,
    json: JsonOption = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", parser=named_path, help="Save the run for `perfkit show`.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", parser=named_path, help="Write the table as Markdown; - for standard output.")] = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Prove that functions or recipes leave the output right, and measure before and after."""
    from perfkit import api
    from perfkit.settings import LAYOUT_CHOICES, Settings

    chosen_layout = next((choice for choice in LAYOUT_CHOICES if choice == layout), None)
    if chosen_layout is None:
        raise UsageError(f"no layout is called {layout!r}", hint="in-process, processes or both")
    check_positive("--margin", margin)
    check_files(json, save, markdown)
    line = line_of(context)
    points = _points(sweep, every=every, memory=memory)
    usual = Settings.first_look() if quick else Settings()
    if points:
        usual = replace(usual, budget_s=2.0 * points)
    elif every and not quick:
        usual = replace(usual, budget_s=600.0 if stack else 360.0)
    budget_s = duration_s("--budget", budget) if budget else usual.budget_s
    timeout_s = duration_s("--timeout", timeout)
    folders = catalog_folders(catalog, announced=line.spelled)
    settings = Settings(
        processes=min(processes, usual.processes) if quick else processes,
        budget_s=budget_s,
        whole_s=0.0 if budget or quick or not every else budget_s,
        stretch_s=0.0 if budget or every or points else _LONGEST_S,
        threads=threads or 1,
        pools=threads,
        seed=api.fresh_seed() if seed is None else seed,
        layout=chosen_layout,
        margin=margin,
        timeout_s=timeout_s,
        extremes="refuse" if awkward else "find",
        catalogs=tuple(Path(os.path.realpath(p)) for p in folders),
    )
    functions = functions_of(
        code or (),
        folder=line.folder,
        inputs=inputs,
        arguments=args,
        tolerance=close,
        ulp=ulp,
        equal=equal,
        check=check,
        no_proof=no_proof,
        recurring=recurring,
    )

    def report(document: Document) -> RenderableType:
        from perfkit.report.choice import report_of

        return report_of(document, api.summaries(found), api.thresholds(found), verbose=verbose)

    with deferred() as interrupts:
        found = api.catalog(folders)
        if functions is not None:
            others = {"--recipe": recipe, "--all": every, "--stack": stack, "--sweep": sweep, "--memory": memory}
            refuse_with_functions({**others, "--workload": workload, "--size": size})
        else:
            warn_of_broken(found)
            target, recipes = target_and_recipes(
                code or (), recipe or (), found, every=every, comparisons=line.comparisons
            )
        with progress(budget_s) as watcher:
            watcher = replace(watcher, kept=saver(json, save), interruptible=interrupts.allowed)
            if functions is not None:
                compared = partial(api.compare_functions, functions)
            else:
                compared = partial(
                    api.compare,
                    found,
                    target=target,
                    recipes=recipes,
                    every=every,
                    workload=workload,
                    size=size,
                    together=stack,
                    memory=memory,
                    alternatives=not recipe,  # --recipe names what is to stand together
                    sweep=sweep,
                )
            measured = partial(compared, quick=quick, settings=settings, command=line.command, watcher=watcher)
            document, failed = until_cut_short(measured)
        document = write_and_print(
            document,
            failed,
            interrupts,
            json=json,
            save=save,
            markdown=markdown,
            report=report,
        )
        ended = interrupts.code or exit_code(document, found, named=not every, strict=strict)
    raise typer.Exit(ended)


def _points(sweep: str | None, *, every: bool, memory: bool) -> int:
    """How many points there are along an axis; none without one. Raises UsageError."""
    from perfkit.axis import read_sweep

    if sweep is None:
        return 0
    if every:
        raise UsageError("--sweep follows one recipe", hint="name one --recipe")
    if memory:
        raise UsageError("--memory counts one point", hint="drop --sweep, or name a --size")
    return len(read_sweep(sweep).values)
