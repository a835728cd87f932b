"""`perfkit profile script.py …`: the program's output stays its own, so what perfkit says of it goes to stderr."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfkit.cli.interrupt import deferred
from perfkit.cli.terminal import emit_aside, emit_json, say
from perfkit.cli.values import writable
from perfkit.errors import UsageError
from perfkit.grammar import Program, read_function
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from perfkit.profiling.each import Wanted
    from perfkit.profiling.program import ProgramProfiled

__all__ = ["ProgramOptions", "profile_program", "refuse_for"]

_STDERR = 2
_TIMED_OUT = 124  # as timeout(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramOptions:
    """What the command line says of a program's profile."""

    only: str | None
    timeout_s: float | None
    exit_code: bool
    named: bool  # whether profilers were named
    top: int
    json: Path | None
    exports: Sequence[Path]


def refuse_for(what: str, options: dict[str, object]) -> None:
    """Raise UsageError for an option that was given and means nothing for `what` is profiled."""
    given = [name for name, value in options.items() if value]
    if given:
        raise UsageError(f"{given[0]} means nothing for {what}", hint="perfkit profile --help says what each is for")


def profile_program(code: Program | int, wanted: Wanted, options: ProgramOptions) -> None:
    """Run it, or look at the process of that number, and print what was found.

    Ends with the program's exit code where that is asked for.
    """
    from perfkit import api
    from perfkit.report.data.profile import program_data
    from perfkit.report.document import to_json
    from perfkit.report.export import check_exports
    from perfkit.report.program import program_report
    from perfkit.settings import Watcher

    check_exports(options.exports, wanted.profilers or ("pyspy",))
    for path in (options.json, *options.exports):
        writable(path)
    only = read_function(options.only) if options.only is not None else None
    with deferred() as interrupts:
        watcher = Watcher(planned=lambda line: say(one_line(f"plan: {line}")), interruptible=interrupts.allowed)
        if isinstance(code, int):
            found = api.profile_running(code, wanted=wanted, only=only, watcher=watcher)
        else:
            found = api.profile_program(
                code,
                wanted=wanted,
                only=only,
                stdout=_STDERR if str(options.json) == "-" else None,  # a document is the only thing there
                timeout_s=options.timeout_s,
                watcher=watcher,
            )
        try:
            if options.json is not None:
                emit_json(to_json(program_data(found)), options.json)
            _export(found, options.exports)
        finally:  # a full disk must not take the table with it
            emit_aside(program_report(found, options.top))
    code_left = _exit_code(found, options, interrupts.code)
    if code_left:
        raise typer.Exit(code_left)


def _export(found: ProgramProfiled, exports: Sequence[Path]) -> None:
    from perfkit.report.document import write_bytes
    from perfkit.report.export import exported
    from perfkit.report.words import environment_line

    for path in exports:
        write_bytes(exported(path, found.title, found.profiles, (), environment_line(found.environment)), path)
        say(one_line(f"written: {path}"))


def _exit_code(found: ProgramProfiled, options: ProgramOptions, interrupted: int) -> int:
    if found.status == "interrupted":
        return interrupted or 130
    if options.named and found.missing:
        return 7
    if not options.exit_code:
        return 0
    if found.ended.stopped:
        return _TIMED_OUT
    return found.ended.code if found.ended.code >= 0 else 128 - found.ended.code
