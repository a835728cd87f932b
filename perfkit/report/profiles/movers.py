"""What moved between two profiles, and whether it is consistent with the timed difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from perfkit import numbers
from perfkit.numbers import share
from perfkit.profilers.analysis.difference import Difference, Mover, agrees, untold
from perfkit.profilers.analysis.side_by_side import Line
from perfkit.profilers.registry import PROFILERS
from perfkit.profiling.timed import Timed
from perfkit.report.lines import Columns, labelled
from perfkit.report.visible import one_line

__all__ = ["function_at", "mover_lines", "sum_lines"]

_FITS = "consistent with the timed difference"
_LEAST = 0.0005  # of the whole: less is no mover
_UNSEEN = 0.1  # of what there was to be seen


def function_at(where: Line | Mover) -> str:
    """A function, with its file and line where it has one."""
    if where.line == 0:
        return one_line(where.function)
    return one_line(f"{where.function}  {where.file.rpartition('/')[2]}:{where.line}")


def mover_lines(found: Difference, top: int) -> Iterator[RenderableType]:
    """The `top` functions that moved most; what chance explains is marked."""
    moved = [m for m in found.movers if abs(m.change_ns) > _LEAST * max(found.before_ns, found.after_ns)]
    rows = []
    for m in moved[:top]:
        sign = "+" if m.change_ns > 0 else "−"
        rows.append(
            [
                Text(numbers.time(m.before_ns) if m.before_ns else "–"),
                Text(numbers.time(m.after_ns) if m.after_ns else "–"),
                Text(f"{sign}{numbers.time(abs(m.change_ns))}", style=_style(m)),
                Text(_moved(m), style="dim"),
                Text(function_at(m)),
                Text(m.seam or "", style="cyan"),
            ]
        )
    yield Columns(["before", "after", "change", "", "function", "seam"], rows, right=range(3), shorter={4: 20})
    rest = len(moved) - top
    if rest > 0:
        yield Text(f"{rest} more moved, {numbers.time(sum(abs(m.change_ns) for m in moved[top:]))} in all", style="dim")


def _why_not(found: Difference) -> str:
    before, after = found.coverage
    words = f"the calls timed beside it: {numbers.ratio(found.bare)}"
    if before is not None and after is not None and abs(before / after - 1) > _UNSEEN:
        words += f"; it covered {share(before)} before and {share(after)} after"
    return words


def _style(mover: Mover) -> str:
    return "dim" if mover.within_noise else "red" if mover.change_ns > 0 else "green"


def _moved(mover: Mover) -> str:
    if mover.within_noise:
        return "within noise"
    return "vanished" if not mover.after_ns else "new" if not mover.before_ns else ""


def sum_lines(differences: Sequence[Difference], timed: Timed | None) -> Iterator[RenderableType]:
    """Each profiler's sum beside the timed difference."""
    if timed is not None:
        words = f"{numbers.time(timed.before_ns)} → {numbers.time(timed.after_ns)}, "
        words += f"{numbers.interval(timed.point, timed.low, timed.high)} without a profiler"
        yield labelled("timed", Text(words), 7)
    for d in differences:
        before_ns, after_ns = d.running_ns if d.clocks else (d.before_ns, d.after_ns)
        said = Text(f"{PROFILERS[d.profiler].title} {numbers.time(before_ns)} → {numbers.time(after_ns)}")
        if before_ns and after_ns:
            said.append(f", {numbers.ratio(before_ns / after_ns)}")
        if d.clocks:
            said.append(f" on all threads; by the system's clocks {numbers.ratio(d.clocks[0] / d.clocks[1])}")
        if timed is not None:
            same = agrees(d, timed.point, timed.low, timed.high)
            unknown = untold(d, timed.point, timed.low, timed.high)
            words = {
                True: _FITS,
                False: f"not {_FITS}",
                None: unknown,
            }[same]
            said.append(f": {words}", style={True: "green", False: "yellow", None: "dim"}[same])
            if same is False:
                said.append(f" ({_why_not(d)})")
        yield labelled("sum", said, 7)
