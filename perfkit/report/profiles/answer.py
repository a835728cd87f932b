"""What a profile means in one sentence, the last line of its report: what a person would tell a colleague."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from perfkit import numbers
from perfkit.numbers import share
from perfkit.profilers.analysis.side_by_side import Line
from perfkit.profilers.analysis.waiting import Wall
from perfkit.profiling.advice import Advice
from perfkit.profiling.timed import Timed
from perfkit.report.visible import one_line

__all__ = ["change_answer", "profile_answer"]

_IDLE = 0.1  # of the wall time: less of waiting is not what a profile is about
_HOT = 0.1  # of what runs: less is no hot spot
_ELSEWHERE = 0.5  # of the wall time: so much on other threads or in child processes is worth a word


def profile_answer(
    name: str, wall: Wall | None, hot: Sequence[Line], advice: Sequence[Advice] = (), *, interrupted: bool = False
) -> Text:
    """Waiting, where it is a tenth of the time; the hottest function; and the most that a recipe could save.

    `hot`: the functions, the one with the largest own time first; `advice`: the recipes, the best first.
    """
    said = [*_waiting(wall), *_elsewhere(wall), _hottest(hot, idle=bool(_waiting(wall)))]
    best = next((a for a in advice if a.at_most), None)
    if best is not None and best.at_most is not None:
        said.append(f"{one_line(best.recipe)} could make it {numbers.ratio(best.at_most)} faster at most")
    return Text(f"{'so far, ' if interrupted else ''}{one_line(name)}: {'; '.join(said)}", style="bold")


def change_answer(names: str, timed: Timed | None, moved: str = "") -> Text:
    """The timed difference of a recipe, and the function that moved most."""
    most = f"; {moved} moved most" if moved else ""
    if timed is None:
        return Text(f"{names}: not timed{most}", style="bold")
    side = "faster" if timed.low > 1 else "slower" if timed.high < 1 else "no difference shown"
    bounds = numbers.bounds(timed.point, timed.low, timed.high)[:-1]
    return Text(f"{names}: {side}, {numbers.ratio(timed.point)} {bounds}, 95 %) without a profiler{most}", style="bold")


def _waiting(wall: Wall | None) -> list[str]:
    """`main thread idle 44 % of the time, waiting in worker.join`."""
    if wall is None or not wall.call_ns or wall.waiting_ns < _IDLE * wall.call_ns:
        return []
    words = f"main thread idle {share(wall.waiting_ns / wall.call_ns)} of the time"
    longest = max(wall.waits, key=lambda wait: wait.ns, default=None)
    if wall.queued_ns > (longest.ns if longest else 0):
        return [f"{words}, mostly waiting for a processor"]
    return [f"{words}, mostly in {one_line(longest.what or longest.function)}" if longest else words]


def _elsewhere(wall: Wall | None) -> list[str]:
    if wall is None:
        return []
    sides = ((wall.threads_ns, "on other threads"), (wall.children_ns, "in child processes"))
    return [f"{numbers.time(ns)} of work {where}" for ns, where in sides if ns > _ELSEWHERE * wall.call_ns]


def _hottest(hot: Sequence[Line], *, idle: bool) -> str:
    if not hot:
        return "nothing that ran was seen"
    first = hot[0]
    whole = "of what runs" if idle else "of the time"
    if first.own < _HOT:
        return f"no hot spot: the largest, {_named(first)}, takes {share(first.own)} {whole}"
    return f"{_named(first)} takes {share(first.own)} {whole}"


def _named(line: Line) -> str:
    """A function and where it begins, in a sentence: `einsum (einsumfunc.py:1244)`."""
    place = f" ({line.file.rpartition('/')[2]}:{line.line})" if line.line else ""
    return one_line(f"{line.function}{place}")
