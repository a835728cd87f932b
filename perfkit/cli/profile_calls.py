"""`perfkit profile` of what is called again and again: a workload of a target, or a function."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfkit.cli.catalogs import warn_of_broken
from perfkit.cli.code import known_names
from perfkit.cli.comparisons import comparison_names
from perfkit.cli.interrupt import Interrupts, deferred
from perfkit.cli.terminal import emit, emit_json, progress, say
from perfkit.cli.values import writable
from perfkit.errors import UnknownName, UsageError
from perfkit.grammar import Comparison, Function, Recipe, Target, read_code
from perfkit.report.visible import one_line
from perfkit.settings import Settings

if TYPE_CHECKING:
    from perfkit.catalog import Catalog
    from perfkit.profiling.each import Wanted
    from perfkit.profiling.run import Profiled
    from perfkit.profiling.timed import Changed

__all__ = ["CallOptions", "profile_function", "profile_target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """What the command line says of the profile of a target or function."""

    threads: int | None
    timeout_s: float | None
    catalogs: Sequence[Path]
    named: bool  # whether profilers were named
    top: int
    json: Path | None
    exports: Sequence[Path]

    @property
    def settings(self) -> Settings:
        """How a session is to run."""
        catalogs = tuple(Path(os.path.realpath(folder)) for folder in self.catalogs)
        settings = Settings(threads=self.threads or 1, pools=self.threads, catalogs=catalogs)
        return settings if self.timeout_s is None else replace(settings, timeout_s=self.timeout_s)

    def check(self, wanted: Wanted) -> None:
        """Raise UsageError for files that cannot be written."""
        from perfkit.report.export import check_exports

        check_exports(self.exports, wanted.profilers)
        for path in (self.json, *self.exports):
            writable(path)


def profile_target(
    words: Sequence[str],
    wanted: Wanted,
    options: CallOptions,
    *,
    workload: str | None,
    size: str | None,
    recipes: Sequence[str],
) -> None:
    """Profile a workload of the target that the words name, with recipes or without, and print what was found."""
    from perfkit import api

    options.check(wanted)
    with deferred() as interrupts:
        found = api.catalog(options.catalogs)
        warn_of_broken(found)
        target = _target(words, found)
        with progress(0) as watcher:
            profiled = api.profile(
                found,
                target,
                workload=workload,
                size=size,
                recipes=recipes,
                wanted=wanted,
                settings=options.settings,
                watcher=replace(watcher, interruptible=interrupts.allowed),
            )
        _print(profiled, options, interrupts)


def profile_function(
    function: Function, wanted: Wanted, options: CallOptions, *, inputs: str | None, arguments: str | None
) -> None:
    """Profile a function, called with what `inputs` makes or with literals, and print what was found."""
    from perfkit import api
    from perfkit.comparison.arguments import read_arguments
    from perfkit.protocol.opening import FromCallables

    options.check(wanted)
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


def _target(words: Sequence[str], found: Catalog) -> str:
    """The target that the words name; what the catalogue does not know it is asked about itself. Raises UsageError."""
    known = known_names(found)
    named = {name for name in comparison_names() if name not in known.targets and name not in known.recipes}
    try:
        codes = read_code(words, replace(known, comparisons=named))  # of two things of one name it can be but one
    except UnknownName:
        if len(words) == 1 and "." not in words[0]:  # the catalogue may know more: a file that cannot be read
            return words[0]
        raise
    if len(codes) > 1:
        raise UsageError(
            f"{' and '.join(words)} are {len(codes)} things to profile", hint="profile one, then the other"
        )
    (code,) = codes
    if isinstance(code, Target):
        return code.id
    if isinstance(code, Recipe):
        target = next(e.recipe.target for e in found.recipes if code.name in (e.recipe.id, e.recipe.full_id))
        raise UsageError(f"{code.name} is a recipe", hint=f"perfkit profile {target} --recipe {code.name}")
    what = "a comparison" if isinstance(code, Comparison) else "nothing to profile"
    raise UsageError(f"{words[0]} is {what}", hint="name a target, pkg.mod:func, script.py, or -m pkg.mod")


def _print(profiled: Profiled | Changed, options: CallOptions, interrupts: Interrupts) -> None:
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
            from perfkit.report.profile import change_report, profile_report

            top = options.top
            report = change_report(profiled, top) if isinstance(profiled, Changed) else profile_report(profiled, top)
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
    from perfkit.report.export import exported
    from perfkit.report.words import environment_line

    after, before = (profiled.after, profiled.before) if isinstance(profiled, Changed) else (profiled, None)
    title = f"{after.target} / {after.workload}" + (f", {'+'.join(after.recipes)}" if after.recipes else "")
    machine = environment_line(after.environment)
    for path in exports:
        write_bytes(exported(path, title, after.profiles, before.profiles if before else (), machine), path)
        say(one_line(f"written: {path}"))
