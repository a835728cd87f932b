"""`perfkit profile script.py`: a program as it is, once under a sampler, once more for each other profiler."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from perfkit import numbers
from perfkit.errors import ProfilerUnavailable, UsageError
from perfkit.grammar import Function, Program
from perfkit.machine import environment
from perfkit.profilers.analysis.waiting import Wall
from perfkit.profilers.analysis.whole import HotLine
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.pyspy import PYSPY
from perfkit.profilers.registry import PROFILERS, names_of, suggestion
from perfkit.profiling.attached import AttachedProgram, command_of
from perfkit.profiling.each import Missing, Wanted
from perfkit.profiling.program_run import Looked, ProgramRun
from perfkit.profiling.replayed import replayed
from perfkit.profiling.started import Ended
from perfkit.result import Status
from perfkit.settings import Watcher

__all__ = ["ProgramProfiled", "ProgramRequest", "profile_program", "profile_running"]

_PID = "--pid"  # stands before the number of a process that was not started here


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramProfiled:
    """A program's profiles, the first one that of the run whose output was its own; `words` as they follow `python`.

    `wall` splits the wall time of that run, `imports_ns` is the part of what ran that went into imports, `sampler_ns`
    what the samplers beside it used of processors; None where no sampler from outside tells. `lines` are the hot
    lines of the hottest functions.
    """

    words: tuple[str, ...]
    only: str
    profiles: tuple[Profile, ...]
    missing: tuple[Missing, ...]
    ended: Ended
    wall: Wall | None
    imports_ns: float | None
    sampler_ns: int | None
    lines: tuple[HotLine, ...]
    environment: dict[str, Any]
    notes: tuple[str, ...] = ()
    paused: bool = False  # for each sample

    @property
    def status(self) -> Status:
        """Whether it ran to its end, or as long as it was to be looked at."""
        return "interrupted" if self.ended.stopped == "interrupted" else "complete"

    @property
    def title(self) -> str:
        """What was run, as it is written after `python`, or looked at."""
        return f"process {self.words[1]}" if self.words[0] == _PID else shlex.join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRequest:
    """A program to be profiled: under a sampler unless profilers are `wanted`, all of it unless `only` a function.

    `stdin` and `stdout` are perfkit's own unless given; at `timeout_s` it is ended.
    """

    code: Program
    wanted: Wanted = field(default_factory=Wanted)
    only: Function | None = None
    stdin: IO[bytes] | None = None
    stdout: int | None = None
    timeout_s: float | None = None


def profile_program(request: ProgramRequest, watcher: Watcher | None = None) -> ProgramProfiled:
    """Run a program under a sampler, or once under each profiler that is wanted.

    Later runs read the same input, and what they print is discarded. Raises UsageError for what is no program, and
    ProfilerUnavailable when none of the profilers can run here.
    """
    watcher = watcher or Watcher()
    code, wanted, stdin = request.code, request.wanted, request.stdin
    names = _checked(code, wanted, request.only)
    watcher.planned(_plan(code, names))
    asked = Looked(code=code, rate=wanted.rate, native=wanted.native, only=request.only, timeout_s=request.timeout_s)
    runs: list[ProgramRun] = []
    missing: list[Missing] = []
    with watcher.interruptible(), replayed(stdin) as inputs:
        for number, name in enumerate(names):
            quiet = subprocess.DEVNULL if number else request.stdout
            source = stdin
            if len(names) > 1:
                source = inputs.later() if number else inputs.first_of_several(stdin or sys.stdin.buffer)
            try:
                run = asked.run(name, source, quiet, fall_back=not wanted.profilers)
            except ProfilerUnavailable as error:
                missing.append(Missing(profiler=name, why=error.message, hint=error.hint))
                continue
            runs.append(run)
            missing += run.missing
            if run.ended.stopped:
                break
            if run.profile is not None and not _has_profile(runs[:-1]) and number + 1 < len(names):
                watcher.profiled(run.profile)
    return _whole(asked, runs, missing)


def profile_running(
    pid: int, *, wanted: Wanted, only: Function | None = None, watcher: Watcher | None = None
) -> ProgramProfiled:
    """Look at a process that runs already, for the `duration_s` that is wanted, and leave it alone.

    Raises UsageError where there is no such process, and ProfilerUnavailable where py-spy may not look or it is none of
    Python.
    """
    watcher = watcher or Watcher()
    if set(wanted.profilers) - {PYSPY.name, PYSPY.title}:
        raise UsageError("only py-spy looks into a process that runs already", hint="drop --with")
    _check_rate(wanted.rate)
    started = AttachedProgram(pid)
    duration = numbers.given_seconds(wanted.duration_s)
    watcher.planned(f"process {pid} is looked at for {duration}, by py-spy: {command_of(pid):.100}")
    asked = Looked(
        code=Program(_PID, (str(pid),)),
        rate=wanted.rate,
        native=wanted.native,
        only=only,
        timeout_s=wanted.duration_s,
    )
    with watcher.interruptible():
        run = asked.outside(started)
    return _whole(asked, [run], run.missing)


def _has_profile(runs: Sequence[ProgramRun]) -> bool:
    return any(run.profile is not None for run in runs)


def _check_rate(rate: int) -> None:
    if not 1 <= rate <= 10_000:
        raise UsageError(f"--rate takes 1 to 10000 samples a second, not {rate}")


def _checked(code: Program, wanted: Wanted, only: Function | None) -> tuple[str, ...]:
    """The profilers to run, in order. Raises UsageError and UnknownName."""
    names = names_of(wanted.profilers, [p.name for p in PROFILERS.values() if p.follows]) or (PYSPY.name,)
    for profiler in (PROFILERS[name] for name in names):
        if not profiler.follows:
            raise UsageError(f"{profiler.title} profiles targets only", hint=suggestion(programs=True))
        if only is not None and (profiler.operations or not profiler.has_stacks):
            raise UsageError(f"--only needs stacks, and {profiler.title} has none of functions", hint="--with pyspy")
    _check_rate(wanted.rate)
    if not code.is_module:
        _check_readable(code.name)
    return names


def _check_readable(name: str) -> None:
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"{name} is a folder", hint="name a file that ends in .py, or -m a module")
    try:
        path.open("rb").close()
    except FileNotFoundError:
        raise UsageError(f"there is no file {name}", hint=f"the current folder is {os.getcwd()}") from None
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error


def _plan(code: Program, names: Sequence[str]) -> str:
    words = shlex.join(["python", *code.words])
    if len(names) == 1:
        return f"{words} runs once, under {PROFILERS[names[0]].title}"
    under = ", ".join(PROFILERS[name].title for name in names)
    more = "the later ones read what the first could read, and what they print is discarded"
    return f"{words} runs {len(names)} times: under {under}; {more}"


def _whole(asked: Looked, runs: Sequence[ProgramRun], missing: Sequence[Missing]) -> ProgramProfiled:
    """All runs as one result: what is said of the program is from the first, whose output was its own."""
    if not runs:
        raise ProfilerUnavailable(missing[0].why, hint=missing[0].hint)
    first = runs[0]
    profiles = [run.profile for run in runs if run.profile is not None]
    described = next((run for run in runs if run.lines), first)
    bare_ns = max(1, first.ended.spent.wall_ns)
    notes = [
        f"under {PROFILERS[run.profile.profiler].title} it ended with {run.ended.code}, and in the first run with "
        f"{first.ended.code}"
        for run in runs[1:]
        if run.profile is not None and run.ended.code != first.ended.code
    ]
    notes += [f"it has left running: {one:.100}" for one in first.left]
    return ProgramProfiled(
        words=asked.code.words,
        only=asked.only.text if asked.only else "",
        profiles=tuple(replace(p, bare_ns=bare_ns) for p in profiles),
        missing=tuple(missing),
        ended=first.ended,
        wall=first.wall,
        imports_ns=described.imports_ns,
        sampler_ns=first.sampler_ns,
        lines=described.lines,
        environment={**environment.describe(), "threads": None},
        notes=tuple(notes),
        paused=asked.native,
    )
