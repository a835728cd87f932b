"""Where the wall time of a call went, as one picture: running, waiting for what; and what the samples are without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from perfkit import numbers
from perfkit.numbers import share
from perfkit.profilers.analysis.coverage import coverage
from perfkit.profilers.analysis.waiting import Wait, Wall
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.spent import Spent
from perfkit.profilers.registry import PROFILERS, title_of
from perfkit.report.lines import labelled
from perfkit.report.visible import one_line

__all__ = ["unseen_words", "wait_words", "wall_lines"]

_IDLE = 0.03  # of the wall time: less is no wait worth a word
_WAITS = 3  # that a line names
_NAMES = 2  # that the picture names
_CELLS = 50  # of the picture
_PARTS = (("running", "█", "green"), ("imports", "▓", "magenta"), ("waiting", "░", "yellow"))
_UNSEEN = 0.1  # of what there was to be seen


def wall_lines(
    wall: Wall | None, main: Profile | None, imports_ns: float | None = None, each: str = " a call"
) -> Iterator[RenderableType]:
    """How long one call takes, as a bar of what the calling thread did, what it waited for, and who else worked.

    `imports_ns` of what it ran went into imports, where that is known.
    """
    if wall is None:
        yield from () if main is None else (labelled("wall", Text(f"{numbers.time(main.bare_call_ns)}{each}"), 7),)
        return
    spent = {"running": wall.running_ns - (imports_ns or 0), "imports": imports_ns or 0, "waiting": wall.waiting_ns}
    whole_ns = sum(spent.values()) or 1
    said = []
    for name, _, _ in _PARTS:
        if spent[name] or name == "running":
            part = f"{name} {share(spent[name] / whole_ns)}, {numbers.time(spent[name])}"
            said.append(part + (_waits_for(wall) if name == "waiting" else ""))
    yield _Bar(f"{numbers.time(wall.call_ns)}{each}", {name: ns / whole_ns for name, ns in spent.items()})
    for ns, where in ((wall.threads_ns, "on other threads"), (wall.children_ns, "in child processes")):
        said += [f"plus {numbers.time(ns)} {where}"] if ns > _IDLE * wall.call_ns else []
    yield labelled("", Text(" · ".join(said)), 7)


@dataclass(frozen=True)
class _Bar:
    """How long something took, and a bar of its parts, as wide as there is room for."""

    label: str
    parts: Mapping[str, float]  # shares of the whole, by the names of _PARTS

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        cells = max(8, min(_CELLS, options.max_width - 10 - cell_len(self.label)))
        line = Text(f"{self.label}  ")
        for name, sign, style in _PARTS:
            part = min(1.0, max(0.0, self.parts[name]))  # a saved profile may say anything
            line.append(sign * round(cells * part), style=style)
        line.truncate(max(1, options.max_width - 8))
        yield labelled("wall", line, 7)


def _waits_for(wall: Wall) -> str:
    """What the calling thread waits for, where it does so for long: ` (worker.join 650 ms)`."""
    by_name: dict[str, float] = {}
    for wait in wall.waits:
        by_name[wait.what or wait.function] = by_name.get(wait.what or wait.function, 0.0) + wait.ns
    named = [f"{one_line(name)} {numbers.time(ns)}" for name, ns in by_name.items()][:_NAMES]
    named += [f"for a processor {numbers.time(wall.queued_ns)}"] if wall.queued_ns > _IDLE * wall.call_ns else []
    return f" ({', '.join(named)})" if named and wall.waiting_ns > _IDLE * wall.call_ns else ""


def wait_words(wall: Wall | None) -> str:
    """Where the calling thread waits, if it does so for long, and how much of that nobody can name."""
    if wall is None or wall.waiting_ns <= _IDLE * wall.call_ns:
        return ""
    said = [_wait(w) for w in wall.waits[:_WAITS]]
    if wall.queued_ns > _IDLE * wall.call_ns:
        said.append(f"ready for {numbers.time(wall.queued_ns)} of it, and others had the processor")
    named_ns = sum(w.ns for w in wall.waits)
    # a sampler from outside takes what stands ready for running, others for waiting
    named_ns += wall.queued_ns if wall.by in PROFILERS and PROFILERS[wall.by].is_outside else 0
    left_ns = wall.waiting_ns - max(wall.queued_ns, named_ns)
    if left_ns > max(_IDLE * wall.call_ns, 0.1 * wall.waiting_ns):
        said.append(f"{numbers.time(left_ns)} without a name")
    if wall.by and said:
        said[-1] += f"; by {title_of(wall.by)}"
    return " · ".join(said)


def _wait(wait: Wait) -> str:
    where = f"{wait.function}  {wait.file.rpartition('/')[2]}:{wait.line}" if wait.line else wait.function
    where = one_line(where)
    return f"{numbers.time(wait.ns)} " + (f"{wait.what} in {where}" if wait.what and where else wait.what or where)


def unseen_words(main: Profile) -> str:
    """By how much the samples are more or less than the time that ran, where that is much."""
    seen = coverage(main)
    if main.spent is not None and seen is not None and abs(seen - 1) > _UNSEEN:
        return _uncovered(main, seen, main.spent)
    return ""


def _uncovered(main: Profile, seen: float, spent: Spent) -> str:
    """Why samples may be fewer than the time that ran, or more."""
    everywhere = PROFILERS[main.profiler].sees == "processes"
    clocks = "what ran by the system's clocks" if everywhere else "the wall time"
    words = f"{PROFILERS[main.profiler].title}'s samples are {share(seen)} of {clocks}"
    if seen > 1:
        return f"{words}: what stands ready and has no processor is sampled too"
    if not everywhere:
        return f"{words}: work that lasts less than the time between two samples is missed"
    if spent.children_ns > (1 - seen) * spent.all_running_ns / 2:
        return f"{words}: a child process is found only some time after it starts, and one that ends before never"
    return f"{words}: torn samples are skipped, and so are those that other work kept it from taking"
