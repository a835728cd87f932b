"""`perfkit bench`: seams and functions by themselves, measured so that the loop cannot fool its author."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfkit.cli import completion
from perfkit.cli.catalogs import catalog_folders, warn_of_broken
from perfkit.cli.ending import until_cut_short, write_and_print
from perfkit.cli.exit_codes import exit_code
from perfkit.cli.files import check_files
from perfkit.cli.interrupt import deferred
from perfkit.cli.terminal import CatalogOption, JsonOption, VerboseOption, emit, emit_json, named_path, progress
from perfkit.cli.values import duration_s
from perfkit.errors import UsageError
from perfkit.grammar import begins_program, is_function

if TYPE_CHECKING:
    from rich.console import RenderableType

    from perfkit.catalog import Catalog
    from perfkit.microbench.functions import FunctionBench
    from perfkit.microbench.sampling import Sampling
    from perfkit.result import Document

__all__ = ["bench"]

_TRAP_S = 2.0  # of sampling, for each of them
_ALL_S, _NAMED_S = 165.0, 60.0  # what a run takes at most, without names and with them
_ENOUGH = 0.003  # standard error of a process's median at which it stops, where nobody says how long it may take


def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", autocompletion=completion.benched, help="Seams, recipes or targets; or one function, pkg.mod:func or file.py:func. [default: all that can be called alone]", show_default=False)] = None,
    inputs: Annotated[str | None, typer.Option(metavar="PKG.MOD:MAKE", help="What a function is called with: make(rng) returns the arguments of one call.", show_default=False)] = None,
    args: Annotated[str | None, typer.Option(metavar="LITERALS", help="The same in literals, 'n=[10, 1000], x=2.5'.", show_default=False)] = None,
    size: Annotated[str | None, typer.Option(help="The model's size; of a function what make(rng, size=…) is given. [default: the workload's first]", show_default=False)] = None,
    dtype: Annotated[str | None, typer.Option(metavar="float16|float32|float64|bfloat16", help="Of the floats, where the seam declares it; of a function what make(rng, dtype=…) is given.", show_default=False)] = None,
    sweep: Annotated[str | None, typer.Option(metavar="AXIS=LOW:HIGH", help="Once for each point: size=64:4096, dtype=float32,float64, or an axis of the workload.", show_default=False)] = None,
    budget: Annotated[str | None, typer.Option(metavar="TIME", help="What all of it takes at most: 30s, 5m. [default: 165s, 60s with names; 5s of sampling for a function]", show_default=False)] = None,
    processes: Annotated[int, typer.Option(min=2, max=64, help="Fresh processes; of fewer than 5 a row is a first look.")] = 5,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads of the measured code, BLAS and OpenMP among them. [default: 1 of those]", show_default=False)] = None,
    gc: Annotated[str, typer.Option(metavar="on|off", help="Whether garbage is collected while calls are timed, or in between.")] = "off",
    cache: Annotated[str, typer.Option(metavar="warm|cold", help="cold: a buffer larger than the last cache is swept before each call.")] = "warm",
    seed: Annotated[int | None, typer.Option(min=0, help="Repeat the schedule and inputs of an earlier run.", show_default=False)] = None,
    trap: Annotated[bool, typer.Option("--trap", help="Show how a loop on its own output misleads, and what subnormals cost here; -v: by operation.")] = False,
    verbose: VerboseOption = False,
    json: JsonOption = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", parser=named_path, help="Save the run for `perfkit show`.")] = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Measure seams, or a function, by themselves: fresh inputs, watched for subnormals, beside what this machine can do."""
    from perfkit import api
    from perfkit.settings import Settings

    if trap:
        _refuse_with_trap(
            {
                "a name": names,
                "--inputs": inputs,
                "--args": args,
                "--size": size,
                "--dtype": dtype,
                "--sweep": sweep,
                "--save": save,
            }
        )
        _show_traps(seed, verbose=verbose, json=json)
        return
    check_files(json, save)
    words = names or []
    functions = [word for word in words if is_function(word)]
    _check_words(words, functions)
    how = _how(gc, cache)
    whole_s = duration_s("--budget", budget) if budget else 5.0 if functions else _NAMED_S if words else _ALL_S
    folders = catalog_folders(catalog)
    settings = Settings(
        processes=processes,
        budget_s=whole_s,
        whole_s=whole_s,
        stretch_s=0.0 if budget else _NAMED_S,
        precision=Settings().precision if budget else _ENOUGH,
        threads=threads or 1,
        pools=threads,
        seed=api.fresh_seed() if seed is None else seed,
        catalogs=tuple(Path(os.path.realpath(p)) for p in folders),
    )
    command = shlex.join(["perfkit", *sys.argv[1:]])

    def report(document: Document) -> RenderableType:
        from perfkit.report.bench import BenchFooter, BenchReport

        if functions:
            return BenchReport(document, {}, verbose)
        return BenchFooter(document, verbose)  # the tables have been printed as they came

    with deferred() as interrupts:
        found = api.catalog(folders)
        with progress(whole_s) as watcher:
            watcher = replace(watcher, interruptible=interrupts.allowed)
            if functions:
                asked = _function(functions[0], inputs, args, size, dtype, sweep, how)
                measured = partial(api.bench_function, asked)
            else:
                _refuse_inputs(inputs, args)
                warn_of_broken(found)
                summaries = {target.id: target.summary for target in found.targets}
                heard = _heard(summaries, verbose=verbose) if str(json) != "-" else (lambda document: None)
                measured = partial(api.bench, found, words, size=size, dtype=dtype, sweep=sweep, how=how, heard=heard)
            document, failed = until_cut_short(partial(measured, settings=settings, command=command, watcher=watcher))
        document = write_and_print(document, failed, interrupts, report=report, json=json, save=save)
        ended = interrupts.code or exit_code(document, found, named=_names_recipe(words, found), strict=False)
    raise typer.Exit(ended)


def _refuse_with_trap(options: Mapping[str, object]) -> None:
    given = next((name for name, value in options.items() if value), "")
    if given:
        raise UsageError(f"--trap shows two programs of its own, without {given}", hint="perfkit bench --trap -v")


def _show_traps(seed: int | None, *, verbose: bool, json: Path | None) -> None:
    from perfkit import api
    from perfkit.report.data.trap import trap_data
    from perfkit.report.document import to_json
    from perfkit.report.trap import TrapReport

    seed = api.fresh_seed() if seed is None else seed
    settings = api.Settings(processes=5, budget_s=_TRAP_S, whole_s=_NAMED_S, seed=seed)
    with progress(_TRAP_S) as watcher:
        shown, penalties = api.traps(api.catalog(), settings=settings, watcher=watcher)
    if json is not None:
        emit_json(to_json(trap_data(shown, penalties)), json)
    if str(json) != "-":
        emit(TrapReport(shown, penalties, verbose))


def _heard(summaries: dict[str, str], *, verbose: bool) -> Callable[[Document], None]:
    """Prints the table of each target as it comes; the machine above the first."""
    begun: list[str] = []

    def heard(document: Document) -> None:
        from perfkit.report.bench import BenchTables

        emit(BenchTables(document, summaries, first=not begun, verbose=verbose))
        sys.stdout.flush()
        begun.append(document.command)

    return heard


def _check_words(words: list[str], functions: list[str]) -> None:
    """Raise UsageError where a function is not the only thing that is named."""
    program = next((word for word in words if begins_program(word)), None)
    if program is not None:
        raise UsageError(f"{program} is a program, and bench takes functions", hint=f"perfkit profile {program} …")
    if functions and len(words) > 1:
        hint = f"perfkit compare {' '.join(functions)} …" if len(functions) == len(words) else "name it alone"
        raise UsageError("bench takes one function at a time", hint=hint)


def _names_recipe(words: Sequence[str], found: Catalog) -> bool:
    """Whether a recipe is named: then what is wrong with it is the answer; of all there are some are wrong by design."""
    return any(word in (entry.recipe.id, entry.recipe.full_id) for entry in found.recipes for word in words)


def _how(gc: str, cache: str) -> Sampling:
    """How calls are sampled. Raises UsageError."""
    from perfkit.microbench.sampling import Sampling

    for option, value, words in (("--gc", gc, ("on", "off")), ("--cache", cache, ("warm", "cold"))):
        if value not in words:
            raise UsageError(f"{option} is {' or '.join(words)}, not {value!r}", hint=f"{option} {words[0]}")
    return Sampling(swept=cache == "cold", collects=gc == "on")


def _refuse_inputs(inputs: str | None, args: str | None) -> None:
    given = "--inputs" if inputs is not None else "--args" if args is not None else ""
    if given:
        raise UsageError(f"{given} is for a function", hint="perfkit bench pkg.mod:func --inputs pkg.mod:make")


def _function(
    name: str,
    inputs: str | None,
    args: str | None,
    size: str | None,
    dtype: str | None,
    sweep: str | None,
    how: Sampling,
) -> FunctionBench:
    from perfkit.microbench.functions import named_function

    return named_function(
        name, folder=os.getcwd(), make=inputs, args=args, size=size, dtype=dtype, sweep=sweep, how=how
    )
