"""`perfkit profile` of what is called again and again: a workload of a target, or a function."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfkit.catalog.installed import is_installed
from perfkit.cli.catalogs import warn_of_broken
from perfkit.cli.code import known_names
from perfkit.cli.comparisons import comparison_names
from perfkit.cli.interrupt import Interrupts, deferred
from perfkit.cli.profile_options import ProfileOptions
from perfkit.cli.terminal import emit, emit_json, progress, say
from perfkit.errors import UnknownName, UsageError
from perfkit.grammar import Function, Recipe, Target, read_code
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from perfkit.catalog import Catalog
    from perfkit.profiling.each import Wanted
    from perfkit.profiling.run import Profiled
    from perfkit.profiling.timed import Changed

__all__ = ["profile_function", "profile_target"]


def profile_target(
    words: Sequence[str],
    wanted: Wanted,
    options: ProfileOptions,
    *,
    workload: str | None,
    size: str | None,
    recipes: Sequence[str],
) -> None:
    """Profile a workload of the target that the words name, with recipes or without, and print what was found."""
    from perfkit import api

    options.check(wanted.profilers)
    with deferred() as interrupts:
        found = api.catalog(options.catalogs)
        warn_of_broken(found)
        target, named = _target_and_recipes(words, found)
        with progress(0) as watcher:
            profiled = api.profile(
                found,
                target,
                workload=workload,
                size=size,
                recipes=(*named, *recipes),
                wanted=wanted,
                settings=options.settings,
                watcher=replace(watcher, interruptible=interrupts.allowed),
            )
        _print(profiled, options, interrupts)


def profile_function(
    function: Function, wanted: Wanted, options: ProfileOptions, *, inputs: str | None, arguments: str | None
) -> None:
    """Profile a function, called with what `inputs` makes or with literals, and print what was found."""
    from perfkit import api
    from perfkit.comparison.arguments import read_arguments
    from perfkit.protocol.opening import FromCallables

    options.check(wanted.profilers)
    if inputs is not None and arguments is not None:
        raise UsageError("--inputs and --args do not go together", hint="use one of them")
    code = FromCallables(
        baseline=function.text,
        candidates={},
        make=inputs or "",
        calls=read_arguments(arguments) if arguments is not None else {},
        folder=os.getcwd(),
        recurring=True,
    )
    with deferred() as interrupts:
        with progress(0) as watcher:
            profiled = api.profile_function(
                code,
                wanted=wanted,
                settings=options.settings,
                watcher=replace(watcher, interruptible=interrupts.allowed),
            )
        if arguments is not None:
            profiled = replace(profiled, next=(*profiled.next, "--args", arguments))
        _print(profiled, options, interrupts)


def _target_and_recipes(words: Sequence[str], found: Catalog) -> tuple[str, tuple[str, ...]]:
    """The target that is named, by itself or by its recipes, and these. Raises UsageError and UnknownName."""
    known = known_names(found)
    named = {name for name in comparison_names() if name not in known.targets and name not in known.recipes}
    try:
        codes = read_code(words, replace(known, comparisons=named))  # of two things of one name it can be but one
    except UnknownName:
        found.check_readable(words)
        _refuse_program(words[0])
        raise
    other = next((word for word, code in zip(words, codes, strict=True) if not isinstance(code, Target | Recipe)), None)
    if other is not None:
        what = "a comparison" if other in named else "nothing to profile"
        raise UsageError(f"{other} is {what}", hint="name a target, pkg.mod:func, script.py, or -m pkg.mod")
    targets = [code.id for code in codes if isinstance(code, Target)]
    recipes = tuple(code.name for code in codes if isinstance(code, Recipe))
    if len(targets) > 1:
        raise UsageError(
            f"{' and '.join(targets)} are {len(targets)} things to profile", hint="profile one, then the other"
        )
    return (targets[0] if targets else found.recipe(recipes[0]).recipe.target), recipes


def _refuse_program(word: str) -> None:
    """Raise UsageError where a word that names nothing of a catalogue is a module, or a script without its ending."""
    if not all(part.isidentifier() for part in word.split(".")):
        return
    place = Path(word.replace(".", os.sep))
    if place.with_suffix(".py").is_file():
        raise UsageError(f"{word} lacks its extension", hint=f"perfkit profile {place}.py, or -m {word}")
    if (place / "__main__.py").is_file() or is_installed(f"{word}.__main__"):
        raise UsageError(f"{word} is a package, which is run as a module", hint=f"perfkit profile -m {word}")


def _print(profiled: Profiled | Changed, options: ProfileOptions, interrupts: Interrupts) -> None:
    """The files, the table, and the exit code."""
    from perfkit.profiling.timed import Changed
    from perfkit.report.data.profile import profile_data
    from perfkit.report.document import to_json

    after = profiled.after if isinstance(profiled, Changed) else profiled
    json = options.json
    try:
        if json is not None and (after.profiles or after.status == "complete" or str(json) == "-"):
            emit_json(to_json(profile_data(profiled)), json)
        if after.status == "complete":
            _export(profiled, options.exports)
    finally:  # a full disk must not take the table with it
        if str(json) != "-":
            from perfkit.report.profiles.profile import change_report, profile_report

            top, verbose = options.top, options.verbose
            if isinstance(profiled, Changed):
                report = change_report(profiled, top, verbose=verbose)
            else:
                report = profile_report(profiled, top, verbose=verbose)
            emit(report, lost=interrupts.asked)
    if after.status == "interrupted":
        if options.exports:
            say("interrupted: nothing is exported")
        raise typer.Exit(interrupts.code)
    if options.named and after.missing:
        raise typer.Exit(7)


def _export(profiled: Profiled | Changed, exports: Sequence[Path]) -> None:
    from perfkit.profiling.timed import Changed
    from perfkit.report.document import write_bytes
    from perfkit.report.profiles.export import exported
    from perfkit.report.words import environment_line

    after, before = (profiled.after, profiled.before) if isinstance(profiled, Changed) else (profiled, None)
    title = f"{after.target} / {after.workload}" + (f", {'+'.join(after.recipes)}" if after.recipes else "")
    machine = environment_line(after.environment)
    for path in exports:
        write_bytes(exported(path, title, after.profiles, before.profiles if before else (), machine), path)
        say(one_line(f"written: {path}"))
