"""The rows of a benchmark to come: each seam by itself, first its baseline, then the recipes that replace it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from perfkit.axis import DTYPE
from perfkit.catalog import RecipeEntry
from perfkit.comparison.planned_rows import Row, micro_rows
from perfkit.microbench.wanted import Wanted
from perfkit.protocol.counting import Inspected
from perfkit.recipe import stacks

__all__ = ["below", "refusal", "rows_of"]

Counted = Mapping[tuple[str, tuple[str, ...]], Inspected]  # by (workload, recipes on)


def below(entry: RecipeEntry) -> tuple[str, ...]:
    """The recipes that must be in place before one, by full id."""
    return tuple(f"{entry.recipe.target}/{name}" for name in stacks([entry.recipe])[-1])


def rows_of(wanted: Wanted, counted: Counted) -> Iterator[Row]:
    """Every row, seam by seam, cold before warm. One with a remark is not measured."""
    for seam in wanted.seams:
        cell, described = wanted.cell(seam), wanted.target.seams[seam]
        known = counted.get((cell.workload, ()))
        seen = known.seams.get(seam) if known else None
        baseline = Row(recipes=(), cell=cell)
        refused = refusal(wanted, seam, recorded=seen is not None and seen.recorded != "")
        if refused:
            yield replace(baseline, remark=refused)
            continue
        for alone in micro_rows(baseline, described, seen):
            yield alone
            if not alone.remark:
                yield from _recipe_rows(wanted, alone, counted)


def _recipe_rows(wanted: Wanted, alone: Row, counted: Counted) -> Iterator[Row]:
    """The recipes that replace what a baseline row measures."""
    for entry in wanted.recipes:
        if alone.cell.part not in entry.recipe.touches:
            continue
        on = below(entry)
        row = replace(alone, recipes=(entry.recipe.full_id,), cell=replace(alone.cell, on=on))
        if entry.unavailable:
            yield replace(row, remark=f"unavailable: {entry.unavailable}", reason="missing-dependency")
        elif entry.unmeasurable:
            yield replace(row, remark=entry.unmeasurable, reason="missing-hardware")
        elif (alone.cell.workload, on) in counted:
            yield row


def refusal(wanted: Wanted, seam: str, *, recorded: bool = False) -> str:
    """Why a seam cannot be given what --size and --dtype ask for; "" where it can."""
    cell = wanted.cell(seam)
    sizes, dtype = wanted.target.workload(cell.workload).sizes, dict(cell.axes).get(DTYPE)
    if cell.size not in sizes:
        return f"{cell.workload} has no size {cell.size}, only {', '.join(sizes)}"
    if dtype is None or any(axis.partition("=")[0] == DTYPE for axis in wanted.target.workload(cell.workload).axes):
        return ""
    dtypes = wanted.target.seams[seam].dtypes
    if dtype not in dtypes:
        return f"declares no --dtype {dtype}" + (f", only {', '.join(dtypes)}" if dtypes else "")
    return f"its arguments are recorded, not drawn in {dtype}" if recorded else ""
