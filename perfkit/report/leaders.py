"""The leader board: one line a recipe while many are compared, the fastest of the workload first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from perfkit import numbers
from perfkit.report.interval import interval_words
from perfkit.report.lines import Columns
from perfkit.report.words import verdict_word
from perfkit.result import WRONG, Result, Verdict

__all__ = ["leaders"]

_STYLES: Mapping[Verdict, str] = {"faster": "green", "slower": "red", "rejected": "red", "failed": "red"}


def leaders(results: Sequence[Result], room: int) -> RenderableType | None:
    """So many lines at most, and one for the rest; None where nothing is known of anybody yet.

    `results`: the rows so far, of which those of whole workloads count. A recipe on several has the line of its best.
    """
    best: dict[tuple[str, ...], Result] = {}
    for row in results:
        if row.cell.kind != "micro" and (row.recipes not in best or _rank(row) > _rank(best[row.recipes])):
            best[row.recipes] = row
    known = sorted((row for row in best.values() if _rank(row) > _UNKNOWN), key=_rank, reverse=True)
    if not known:
        return None
    shown = known[:room]
    lines = [[Text(_name(row)), Text(row.cell.workload, style="dim"), *_so_far(row)] for row in shown]
    rest = len(best) - len(shown)
    if rest:
        lines.append([Text(f"{rest} more", style="dim"), Text(""), Text(""), Text("")])
    return Columns(["so far", "", "speed-up", ""], lines, right=(), spare=(1,), shorter={0: 12})


_UNKNOWN = (0, 0.0)


def _rank(row: Result) -> tuple[int, float]:
    """What stands higher: measured, by how much; proven; wrong; unknown."""
    if row.speedup is not None:
        return 3, row.speedup.point
    if row.verdict in WRONG:
        return 1, 0.0
    return (2, 0.0) if row.proof.passed else _UNKNOWN


def _so_far(row: Result) -> Iterable[Text]:
    if row.speedup is None:
        said = verdict_word(row) if row.verdict in WRONG else "proven"
        return Text(""), Text(said, style=_STYLES.get(row.verdict, "dim"))
    figures = f"{numbers.ratio(row.speedup.point)} {interval_words(row)}".rstrip()
    words = f"{row.processes} processes"
    return Text(figures), Text(f"{verdict_word(row)}, {words}", style=_STYLES.get(row.verdict, "dim"))


def _name(row: Result) -> str:
    if row.cell.kind == "stack":
        return f"{len(row.recipes)} together"
    return "+".join(name.rpartition("/")[2] for name in row.recipes)
