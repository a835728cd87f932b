"""Rows that can show nothing, as is known beforehand: what a recipe replaces there is too little. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfkit import numbers
from perfkit.comparison.planned_rows import Row
from perfkit.protocol.counting import Inspected
from perfkit.recipe import Recipe
from perfkit.session.outcome import Outcome
from perfkit.target import Seam

__all__ = ["without_negligible"]

_CLOCKED = 1.5  # times the share that was clocked: another run clocks another, and is to have the same rows


def without_negligible(
    rows: Sequence[Row], outcome: Outcome, recipes: Mapping[str, Recipe], seams: Mapping[str, Seam], margin: float
) -> list[Row]:
    """The rows, without those of a workload that stays within the margin even if what is replaced took no time at all.

    Only where the recipe has another row on that workload, on a stack of which it replaces more; that says so.
    `recipes` and `seams` by their names. By Amdahl's law (AFIPS Spring Joint Computer Conference 1967, 483-485).
    """
    shares = {row: _share(outcome.counted(row.cell), recipes[row.recipes[0]], seams) for row in rows if _is_whole(row)}
    left_out: dict[Row, str] = {}  # by the row that says so
    kept = []
    for row in rows:
        rivals = [one for one in shares if one.recipes == row.recipes and one.cell.workload == row.cell.workload]
        best = max(rivals, key=lambda one: shares[one], default=row)
        share = shares.get(row, 1.0)
        if 0 < share < shares.get(best, 1.0) and _CLOCKED * share < margin / (1 + margin):
            left_out[best] = (
                f"{_on(row)} it replaces {numbers.percent(share)} of the time, too little to leave the margin of "
                f"{numbers.percent(margin)} (Amdahl): not measured; --margin {share:.1g} measures that too"
            )
        else:
            kept.append(row)
    return [replace(row, note=left_out.get(row, row.note)) for row in kept]


def _on(row: Row) -> str:
    return f"with {' and '.join(name.rpartition('/')[2] for name in row.cell.on)}" if row.cell.on else "alone"


def _is_whole(row: Row) -> bool:
    """Whether a whole workload is to be measured with one recipe."""
    return row.cell.kind == "macro" and len(row.recipes) == 1 and not row.remark


def _share(counted: Inspected | None, recipe: Recipe, seams: Mapping[str, Seam]) -> float:
    """The share of a call's time that a recipe replaces; 1 where it is not known."""
    if counted is None or not recipe.touches or any(seams[seam].kind != "call" for seam in recipe.touches):
        return 1.0  # it replaces the whole, or what it makes works outside of its calls
    replaced = [counted.seams[seam] for seam in recipe.touches]
    if any(seam.concurrent for seam in replaced):
        return 1.0  # their time runs beside that of others
    return min(1.0, sum(seam.inclusive for seam in replaced))
