"""Where the wall time of a call went: running, waiting for what, and what the samples are without."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from perfkit.profilers.profile import PROFILERS, Profile
from perfkit.profilers.spent import Spent
from perfkit.profilers.waiting import Wait, Wall
from perfkit.report import numbers
from perfkit.report.lines import labelled
from perfkit.report.visible import one_line

__all__ = ["share", "unseen_lines", "wait_lines", "wall_words"]

_IDLE = 0.03  # of the wall time: less is no wait worth a word
_WAITS = 3  # that a line names
_NAMES = 2  # that the first line names
_UNSEEN = 0.1  # of what there was to be seen


def share(value: float | None) -> str:
    """A share 0…1 for a column of shares: 13.4 %."""
    return f"{100 * value:.1f} %" if value is not None else "–"


def wall_words(wall: Wall | None, main: Profile | None, imports_ns: float | None = None, each: str = " a call") -> str:
    """One call: how long, how much of it the calling thread ran, what it waited for, and who else worked.

    `imports_ns` of what it ran went into imports, where that is known.
    """
    if wall is None:
        return "" if main is None else f"{numbers.time(main.bare_call_ns)}{each}"
    least_ns = _IDLE * wall.call_ns
    by_name: dict[str, float] = {}
    for wait in wall.waits:
        by_name[wait.what or wait.function] = by_name.get(wait.what or wait.function, 0.0) + wait.ns
    named = [f"{name} {numbers.time(ns)}" for name, ns in by_name.items()][:_NAMES]
    named += [f"for a processor {numbers.time(wall.queued_ns)}"] if wall.queued_ns > least_ns else []
    words = f"wall {numbers.time(wall.call_ns)}{each} = {numbers.time(wall.running_ns - (imports_ns or 0))} running"
    words += f" + {numbers.time(wall.waiting_ns)} waiting"
    words += f" ({', '.join(named)})" if named and wall.waiting_ns > least_ns else ""
    words += f" + {numbers.time(imports_ns)} imports" if imports_ns else ""
    for ns, where in ((wall.threads_ns, "on other threads"), (wall.children_ns, "in child processes")):
        words += f"; {numbers.time(ns)} {where}" if ns > least_ns else ""
    return words


def wait_lines(wall: Wall | None) -> Iterator[RenderableType]:
    """Where the calling thread waits, if it does so for long, and how much of that nobody can name."""
    if wall is None or wall.waiting_ns <= _IDLE * wall.call_ns:
        return
    said = [_wait(w) for w in wall.waits[:_WAITS]]
    if wall.queued_ns > _IDLE * wall.call_ns:
        said.append(f"ready for {numbers.time(wall.queued_ns)} of it, and others had the processor")
    named_ns = sum(w.ns for w in wall.waits)
    named_ns += (
        wall.queued_ns if wall.by == "pyspy" else 0
    )  # it takes what stands ready for running, others for waiting
    left_ns = wall.waiting_ns - max(wall.queued_ns, named_ns)
    if left_ns > max(_IDLE * wall.call_ns, 0.1 * wall.waiting_ns):
        said.append(f"{numbers.time(left_ns)} without a name")
    if wall.by and said:
        said[-1] += f"; by {PROFILERS[wall.by]}"
    yield labelled("waits", Text(" · ".join(said)), 7)


def _wait(wait: Wait) -> str:
    where = f"{wait.function}  {wait.file.rpartition('/')[2]}:{wait.line}" if wait.line else wait.function
    where = one_line(where)
    return f"{numbers.time(wait.ns)} " + (f"{wait.what} in {where}" if wait.what and where else wait.what or where)


def unseen_lines(main: Profile) -> Iterator[RenderableType]:
    """By how much the samples do not add up, where that is much."""
    if main.spent is not None and main.coverage is not None and abs(main.coverage - 1) > _UNSEEN:
        yield labelled("seen", Text(_uncovered(main, main.coverage, main.spent), style="yellow"), 7)


def _uncovered(main: Profile, coverage: float, spent: Spent) -> str:
    """Why samples may be fewer than the time that ran, or more."""
    clocks = "what ran by the system's clocks" if main.profiler == "pyspy" else "the wall time"
    words = f"{PROFILERS[main.profiler]}'s samples are {share(coverage)} of {clocks}"
    if coverage > 1:
        return f"{words}: what stands ready and has no processor is sampled too"
    if main.profiler != "pyspy":
        return f"{words}: work that lasts less than the time between two samples is missed"
    if spent.children_ns > (1 - coverage) * spent.all_running_ns / 2:
        return f"{words}: a child process is found only some time after it starts, and one that ends before never"
    return f"{words}: samples that come out torn are left out, and those that others kept it from taking"
