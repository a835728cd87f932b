"""`perfkit profile script.py …`: the program's output stays its own, so what perfkit says of it goes to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from perfkit.cli.interrupt import deferred
from perfkit.cli.profile_options import ProfileOptions
from perfkit.cli.terminal import emit_aside, emit_json, say
from perfkit.errors import UsageError
from perfkit.grammar import Program, read_function
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from perfkit.profilers.common.profile import Profile
    from perfkit.profiling.each import Wanted
    from perfkit.profiling.program import ProgramProfiled

__all__ = ["profile_program", "refuse_for"]

_STDERR = 2
_EARLY = 10  # functions of the first profile, while others are still to come
_TIMED_OUT = 124  # as timeout(1)


def refuse_for(what: str, options: dict[str, object]) -> None:
    """Raise UsageError for an option that was given and means nothing for `what` is profiled."""
    given = [name for name, value in options.items() if value]
    if given:
        raise UsageError(f"{given[0]} means nothing for {what}", hint="perfkit profile --help says what each is for")


def profile_program(code: Program | int, wanted: Wanted, options: ProfileOptions) -> None:
    """Run it, or look at the process of that number, and print what was found.

    Ends with the program's exit code where that is asked for.
    """
    from perfkit import api
    from perfkit.profiling.program import ProgramRequest
    from perfkit.report.data.profile import program_data
    from perfkit.report.document import to_json
    from perfkit.report.profiles.program import program_report
    from perfkit.settings import Watcher

    options.check(wanted.profilers or ("pyspy",))
    only = read_function(options.only) if options.only is not None else None
    with deferred() as interrupts:
        watcher = Watcher(
            planned=lambda line: say(one_line(f"plan: {line}")),
            profiled=lambda profile: _show_early(profile, options.top),
            interruptible=interrupts.allowed,
        )
        if isinstance(code, int):
            found = api.profile_running(code, wanted=wanted, only=only, watcher=watcher)
        else:
            stdout = _STDERR if str(options.json) == "-" else None  # a document is the only thing there
            request = ProgramRequest(code=code, wanted=wanted, only=only, stdout=stdout, timeout_s=options.timeout_s)
            found = api.profile_program(request, watcher)
        try:
            if options.json is not None:
                emit_json(to_json(program_data(found)), options.json)
            _export(found, options.exports)
        finally:  # a full disk must not take the table with it
            emit_aside(program_report(found, options.top, handed_on=options.exit_code, verbose=options.verbose))
    code_left = _exit_code(found, options, interrupts.code)
    if code_left:
        raise typer.Exit(code_left)


def _show_early(profile: Profile, top: int) -> None:
    """What the first profiler has found, for whoever waits at a terminal while the program runs again."""
    if sys.stderr.isatty():
        from perfkit.report.profiles.profile import early_report

        emit_aside(early_report(profile, min(_EARLY, top)))


def _export(found: ProgramProfiled, exports: Sequence[Path]) -> None:
    from perfkit.report.document import write_bytes
    from perfkit.report.profiles.export import exported
    from perfkit.report.words import environment_line

    for path in exports:
        write_bytes(exported(path, found.title, found.profiles, (), environment_line(found.environment)), path)
        say(one_line(f"written: {path}"))


def _exit_code(found: ProgramProfiled, options: ProfileOptions, interrupted: int) -> int:
    if found.status == "interrupted":
        return interrupted or 130
    if options.named and found.missing:
        return 7
    if not options.exit_code:
        return 0
    if found.ended.stopped:
        return _TIMED_OUT
    return found.ended.code if found.ended.code >= 0 else 128 - found.ended.code
