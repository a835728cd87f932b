"""Rows that can show nothing, as is known beforehand: what a recipe replaces there is too little. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfkit.comparison.planned_rows import Row
from perfkit.protocol.opening import Inspected
from perfkit.recipe import Recipe
from perfkit.session.outcome import Outcome
from perfkit.target import Seam

__all__ = ["without_too_little"]

_ERRORS = 3.0  # standard errors of a share
_ONE_PASS = 2.0  # times what one pass has shown, whose error is not known


def without_too_little(
    rows: Sequence[Row], outcome: Outcome, recipes: Mapping[str, Recipe], seams: Mapping[str, Seam], margin: float
) -> list[Row]:
    """The rows, without those of a workload that stays within the margin even if what is replaced took no time at all.

    Only where the recipe has another row on that workload, on a stack of which it replaces more; that says so.
    `recipes` and `seams` by their names. By Amdahl's law (AFIPS Spring Joint Computer Conference 1967, 483-485).
    """
    most = {row: _most(outcome.counted(row.cell), recipes[row.recipes[0]], seams) for row in rows if _is_whole(row)}
    left_out: dict[Row, str] = {}  # by the row that says so
    kept = []
    for row in rows:
        rivals = [one for one in most if one.recipes == row.recipes and one.cell.workload == row.cell.workload]
        best = max(rivals, key=lambda one: most[one], default=row)
        if row in most and most[row] < min(most[best], margin / (1 + margin)):
            left_out[best] = (
                f"{_on(row)} it replaces so little that {1 / (1 - most[row]):.4g}x is the most that it could gain"
            )
        else:
            kept.append(row)
    return [replace(row, note=f"{left_out[row]} (Amdahl): not measured") if row in left_out else row for row in kept]


def _on(row: Row) -> str:
    return f"with {' and '.join(name.rpartition('/')[2] for name in row.cell.on)}" if row.cell.on else "alone"


def _is_whole(row: Row) -> bool:
    """Whether a whole workload is to be measured with one recipe."""
    return row.cell.kind == "macro" and len(row.recipes) == 1 and not row.remark


def _most(counted: Inspected | None, recipe: Recipe, seams: Mapping[str, Seam]) -> float:
    """The largest share of a call's time that a recipe may replace; 1 where it is not known."""
    if counted is None or not recipe.touches or any(seams[seam].kind != "call" for seam in recipe.touches):
        return 1.0  # it replaces the whole, or what it makes works outside of its calls
    replaced = [counted.seams[seam] for seam in recipe.touches]
    if any(seam.concurrent for seam in replaced):
        return 1.0  # their time runs beside that of others
    return min(
        1.0,
        sum(s.inclusive * _ONE_PASS if s.error is None else s.inclusive + _ERRORS * s.error for s in replaced),
    )
