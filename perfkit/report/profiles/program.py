"""The profile of a program on one screen: where its time went, hot functions, hot lines, and how far to trust them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.text import Text

from perfkit import numbers
from perfkit.numbers import share
from perfkit.profilers.analysis.side_by_side import Line, lines, main_of
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.waits import is_library
from perfkit.profilers.registry import PROFILERS
from perfkit.profiling.program import ProgramProfiled
from perfkit.profiling.started import Ended
from perfkit.reasons import signal_name
from perfkit.report.lines import Columns, Commands, labelled
from perfkit.report.profiles.answer import profile_answer
from perfkit.report.profiles.profile import hot_line_lines, torch_lines, twin_lines
from perfkit.report.profiles.trust import trust_lines
from perfkit.report.profiles.wall import wall_lines
from perfkit.report.visible import one_line

__all__ = ["exit_words", "program_report"]

_LEAST = 0.001  # of the whole: what the library takes less of is no row
_HOT = 0.1  # of the whole: a function of less is no next step
_SEEN = "the program ended before the first sample: a higher --rate, or --with cprofile, which sees every call"
_WAITED = "the program waited nearly all of the time; the wall time above says what for"
_REPLACED = (
    "nothing that ran is a Python function of the process: it replaced itself (os.exec), or a child does the work"
)
_MISSED = 20  # samples that should have been there by then: it did not end too soon


def program_report(
    found: ProgramProfiled, top: int, *, handed_on: bool = False, verbose: bool = False
) -> RenderableType:
    """The wall time, the `top` functions by their own time, the lines of the hottest, and what it means in a sentence.

    `verbose`: also what each profiler cost, and where they disagree.
    """
    main = main_of(found.profiles)
    head = Text(one_line(found.title), style="bold")
    parts: list[RenderableType] = [head, Text(_where(found), style="dim"), Text()]
    parts += [*wall_lines(found.wall, None, found.imports_ns, each=""), Text()] if found.wall is not None else []
    if main is not None:
        parts += [
            *_hot(found, main, top),
            *hot_line_lines(found.lines, main),
            *torch_lines(found.profiles, main, top),
            Text(),
        ]
        parts += [*_trust(found, main, verbose=verbose), *twin_lines(found.profiles, main, top)]
    parts += [*_ended(found, handed_on=handed_on), *_absent(found)]
    if main is not None:
        parts += [*_next(found, main), Text()]
        cut = bool(found.ended.stopped)
        parts += [profile_answer(found.title, found.wall, _shown(found, 1), interrupted=cut)] if main.hotspots else []
    return Group(*parts)


def exit_words(ended: Ended) -> str:
    """How the program ended: `exit code 3`, `SIGSEGV`."""
    if ended.running:
        return "runs on"
    if ended.stopped:
        return "stopped"
    return f"exit code {ended.code}" if ended.code >= 0 else signal_name(-ended.code)


def _where(found: ProgramProfiled) -> str:
    machine = found.environment
    words = [f"{machine.get('cpu')}, {machine.get('cores')} cores", f"Python {machine.get('python')}"]
    return " · ".join([*words, exit_words(found.ended)])


def _hot(found: ProgramProfiled, main: Profile, top: int) -> Iterator[RenderableType]:
    if not main.hotspots:
        why = f"no sample is in {found.only}" if found.only else _why_nothing(found, main)
        yield Text(f"{PROFILERS[main.profiler].title} saw nothing: {why}", style="yellow")
        return
    shown = _shown(found, top)
    others = [p.profiler for p in found.profiles if p is not main and not PROFILERS[p.profiler].operations]
    counted = any(line.calls is not None for line in shown)
    heads = ["self", "total", *(PROFILERS[name].title for name in others), *(("calls", "per call") if counted else ())]
    rows = []
    for line in shown:
        cells = [share(line.own), share(line.total), *(share(line.shares.get(name)) for name in others)]
        if counted:
            cells += [numbers.calls(line.calls), numbers.time(line.call_ns)]
        rows.append([*map(Text, cells), Text(_at(line))])
    figures = len(heads)
    spare = [i for i in dict.fromkeys((2, figures - 1, figures - 2, 3)) if 2 <= i < figures]
    yield Columns([*heads, "function"], rows, right=range(figures), shorter={figures: 26}, spare=spare)
    rest = len(main.hotspots) - len(shown)
    if rest:
        left = share(max(0.0, 1 - sum(line.own for line in shown)))
        yield Text(f"{rest} more function{'s' * (rest != 1)}, {left}", style="dim")


def _shown(found: ProgramProfiled, top: int) -> list[Line]:
    return [line for line in lines(found.profiles) if line.own >= _LEAST or not is_library(line.file)][:top]


def _why_nothing(found: ProgramProfiled, main: Profile) -> str:
    """Why there is no sample of the program's."""
    wall, rate = found.wall, main.rate or 0
    if wall is None or wall.call_ns * rate < _MISSED * 1e9:
        return _SEEN
    return _WAITED if wall.running_ns * rate < _MISSED * 1e9 else _REPLACED


def _at(line: Line) -> str:
    """A function and where it begins; of a package's file with the package."""
    path = PurePath(line.file)
    file = "/".join(path.parts[-2:]) if path.name == "__init__.py" else path.name
    return one_line(f"{line.function}  {file}:{line.line}" if line.line else line.function)


def _trust(found: ProgramProfiled, main: Profile, *, verbose: bool) -> Iterator[RenderableType]:
    cost = []
    if found.sampler_ns is not None:
        paused = "paused the program for each sample" if found.paused else "never paused the program"
        cost.append(f"py-spy took {numbers.time(found.sampler_ns)} of another processor, and {paused}")
    first = found.profiles[0]
    ran = f"the run under {PROFILERS[first.profiler].title}"
    cost += [f"{PROFILERS[p.profiler].title} {numbers.ratio(p.slowdown)} of {ran}" for p in found.profiles[1:]]
    yield from trust_lines(
        found.profiles,
        main,
        found.wall,
        cost=" · ".join(cost),
        whose=_whose(found, main),
        verbose=verbose,
    )
    for note in found.notes:  # of the program, not of the profilers: what it left running, say
        yield labelled("note", Text(note, style="yellow"), 7)


def _whose(found: ProgramProfiled, main: Profile) -> str:
    profiler = PROFILERS[main.profiler]
    within = f", of what runs below {found.only}" if found.only else ""
    if not profiler.samples:
        what = "operation" if profiler.operations else "call"
        return f"self and total are {profiler.title}'s: one run, every {what} of the main thread clocked"
    everywhere = profiler.sees == "processes"
    seen = "all threads and processes that do not wait" if everywhere else "the main thread only"
    sampled = f"{numbers.count(main.samples)} samples at {main.rate} a second"
    return f"self and total are {profiler.title}'s: one run, {sampled}, {seen}{within}"


def _ended(found: ProgramProfiled, *, handed_on: bool) -> Iterator[RenderableType]:
    ended = found.ended
    if ended.stopped == "timeout":
        words = (
            f"stopped at the --timeout, by then after {numbers.time(ended.spent.wall_ns)}: this is what it did so far"
        )
        yield labelled("status", Text(words, style="yellow"), 7)
    elif ended.stopped:
        yield labelled("status", Text("interrupted: this is what was profiled so far", style="yellow"), 7)
    elif ended.code:
        words = f"the program ended with {exit_words(ended)}" + ("" if handed_on else "; --exit-code hands it on")
        yield labelled("ended", Text(words, style="yellow"), 7)


def _absent(found: ProgramProfiled) -> Iterator[RenderableType]:
    for m in found.missing:
        yield labelled("without", Text(f"{m.why}{f'; {m.hint}' if m.hint else ''}", style="yellow"), 7)


def _next(found: ProgramProfiled, main: Profile) -> Iterator[RenderableType]:
    """The command to paste: closer to the function that takes most, or to how often all of them are called."""
    least_ns = _HOT * (main.seen_ns or 1)
    hot = next((h for h in main.hotspots if _is_theirs(h) and h.self_ns >= least_ns), None)
    if hot is None:
        if not any(PROFILERS[p.profiler].counts_calls for p in found.profiles):
            yield Commands(shlex.join(["perfkit", "profile", "--with", "pyspy,cprofile", *found.words]), "next", 7)
        return
    file = _short(hot.file)
    if not found.only:
        yield Commands(shlex.join(["perfkit", "profile", "--only", f"{file}:{hot.function}", *found.words]), "next", 7)
        return
    new = f"{hot.function}_2"
    compare = ["perfkit", "compare", f"{file}:{hot.function}", f"{file}:{new}", "--inputs", f"{file}:make"]
    yield labelled("next", Text(f"write a faster {new}, and make(rng) for its arguments, then"), 7)
    yield Commands(shlex.join(compare), " ", 7)


def _is_theirs(spot: HotSpot) -> bool:
    """Whether a function is the user's, and can be named on a command line."""
    named = all(part.isidentifier() for part in spot.function.split("."))
    return named and spot.file.endswith(".py") and not is_library(spot.file) and "site-packages" not in spot.file


def _short(file: str) -> str:
    """The path from the current folder, where it lies below it."""
    path = os.path.relpath(file)
    return file if path.startswith(os.pardir) else path
