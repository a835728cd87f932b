"""`perfkit profile CODE`: where does the time go, and what does a recipe move?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli import completion
from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.profile_calls import profile_function, profile_target
from perfkit.cli.profile_options import ProfileOptions
from perfkit.cli.profile_program import profile_program, refuse_for
from perfkit.cli.terminal import CatalogOption, JsonOption, named_path
from perfkit.cli.values import duration_s
from perfkit.errors import UsageError
from perfkit.grammar import Code, Function, Known, Program, begins_program, is_function, read_code

__all__ = ["profile"]

_FORMATS = "X.html (a flame graph), X.speedscope.json, X.collapsed, X.pstats or X.pyinstrument.html."
_WAYS = """a program: perfkit profile script.py its words, or perfkit profile -m pkg.mod its words
a function: perfkit profile pkg.mod:func --inputs pkg.mod:make
a target of a catalogue: perfkit profile {target}, with a recipe perfkit profile {recipe}; targets: {targets}"""
_DURATION = "2s"


def profile(
    code: Annotated[list[str] | None, typer.Argument(autocompletion=completion.codes, metavar="CODE", help="script.py or -m pkg.mod, and the program's own words; pkg.mod:func or file.py:func; or a target.", show_default=False)] = None,
    inputs: Annotated[str | None, typer.Option(metavar="PKG.MOD:MAKE", help="What a function is called with: make(rng) returns the arguments of one call.", show_default=False)] = None,
    args: Annotated[str | None, typer.Option(metavar="LITERALS", help="The same in literals: 'n=1000, x=2.5'.", show_default=False)] = None,
    pid: Annotated[int | None, typer.Option(metavar="PID", help="Profile a running process, for --duration.", show_default=False)] = None,
    only: Annotated[str | None, typer.Option(metavar="FILE.PY:FUNC", help="Only what runs below this function of a program.", show_default=False)] = None,
    timeout: Annotated[str | None, typer.Option(metavar="TIME", help="Stop a program after this long and show what it did; for a function or target, the longest that one step may take.", show_default=False)] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with the program's own exit code.")] = False,
    workload: Annotated[str | None, typer.Option(autocompletion=completion.workloads, help="[default: the target's choice, mostly its first]", show_default=False)] = None,
    size: Annotated[str | None, typer.Option(autocompletion=completion.sizes, help="[default: the workload's first]", show_default=False)] = None,
    recipe: Annotated[list[str] | None, typer.Option("--recipe", "-r", autocompletion=completion.recipes, help="Profile without and with it, and show what moved.")] = None,
    with_: Annotated[str | None, typer.Option("--with", autocompletion=completion.profilers, metavar="NAMES", help="Profilers to use: pyspy, pyinstrument, cprofile, torch, and sampling (Python 3.15). A program runs once for each. [default: all but torch; for a program pyspy]", show_default=False)] = None,
    rate: Annotated[int, typer.Option(help="Samples per second.")] = 499,
    duration: Annotated[str, typer.Option(metavar="TIME", help="How long to profile with each profiler: 2s, 500ms, 1m.")] = _DURATION,
    show_output: Annotated[bool, typer.Option("--show-output", help="Show the end of what a target or function prints.")] = False,
    native: Annotated[bool, typer.Option("--native", help="py-spy: C and C++ functions too, where the platform allows.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads for the code, BLAS and OpenMP included. [default: 1 for BLAS and OpenMP]", show_default=False)] = None,
    top: Annotated[int, typer.Option(min=1, max=1000, help="How many functions to show.")] = 15,
    export: Annotated[list[Path] | None, typer.Option("--export", metavar="FILE", parser=named_path, help=_FORMATS, show_default=False)] = None,
    json: JsonOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also print what each profiler cost, and where they disagree.")] = False,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Run a program, a function or a workload under profilers: hot spots, and how far to trust each of them.

    A program runs once. What it prints is its own; what perfkit says of it goes to stderr.
    """
    from perfkit.profiling.each import Wanted

    words = code or []
    if not words and pid is None:
        raise _nothing(catalog)
    named = pid if pid is not None and not words else _read(words)
    wanted = Wanted(
        profilers=tuple(name.strip() for name in with_.split(",")) if with_ is not None else (),
        rate=rate,
        duration_s=duration_s("--duration", duration),
        native=native,
        show_output=show_output,
    )
    of_targets = {"--workload": workload, "--size": size, "--recipe": recipe}
    of_functions = {"--inputs": inputs, "--args": args}
    of_programs = {"--pid": pid, "--only": only, "--exit-code": exit_code}
    timeout_s = duration_s("--timeout", timeout) if timeout is not None else None
    options = ProfileOptions(
        timeout_s=timeout_s, named=with_ is not None, top=top, verbose=verbose, json=json, exports=export or []
    )
    if isinstance(named, Program | int):
        of_others = {"--threads": threads, "--show-output": show_output, "--catalog": catalog}
        if isinstance(named, int):
            refuse_for(
                "a process", {**of_targets, **of_functions, **of_others, "--timeout": timeout, "--exit-code": exit_code}
            )
        else:
            of_others = {**of_others, "--duration": duration != _DURATION, "--pid": pid}
            refuse_for("a program", {**of_targets, **of_functions, **of_others})
        profile_program(named, wanted, replace(options, only=only, exit_code=exit_code))
        return
    options = replace(options, threads=threads, catalogs=catalog_folders(catalog))
    if isinstance(named, Function):
        refuse_for("a function", {**of_programs, **of_targets, "--catalog": catalog})
        profile_function(named, wanted, options, inputs=inputs, arguments=args)
    else:
        refuse_for("a target", {**of_programs, **of_functions})
        profile_target(words, wanted, options, workload=workload, size=size, recipes=recipe or ())


def _nothing(catalog: Sequence[Path] | None) -> UsageError:
    """The ways in, and the targets that there are."""
    from perfkit import api

    found = api.catalog(catalog_folders(catalog))
    recipe = next((entry.recipe for entry in found.recipes if not entry.unavailable), None)
    names = {"target": recipe.target, "recipe": recipe.full_id} if recipe else {"target": "TARGET", "recipe": "RECIPE"}
    known = ", ".join(target.id for target in found.targets if not target.unavailable)
    return UsageError("nothing to profile", hint=_WAYS.format(**names, targets=known))


def _read(words: Sequence[str]) -> Code | None:
    """A program or a function; None where the words are for the catalogue to know. Raises UsageError."""
    if not (begins_program(words[0]) or any(is_function(word) for word in words)):
        return None
    codes = read_code(words, Known())
    if len(codes) > 1:
        raise UsageError(
            f"{' and '.join(words)} are {len(codes)} things to profile", hint="profile one, then the other"
        )
    return codes[0]
