"""Rows in which a recipe can gain nothing, as is known beforehand: what it replaces there is too little. Pure.

What it may lose there nobody knows, so that they are measured all the same, if only in as few processes and rounds as
show a large loss. Where the user has set a budget they get their part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from perfkit import numbers
from perfkit.catalog import RecipeEntry
from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row
from perfkit.recipe import Recipe
from perfkit.session.outcome import Outcome
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["made_brief"]

_CLOCKED = 1.5  # times the share that was clocked: another run clocks another


def made_brief(rows: Sequence[Row], plan: Plan, outcome: Outcome, margin: float) -> list[Row]:
    """The rows, those brief that stay within the margin even if what is replaced took no time at all.

    Never those that the claim was made on; and only beside one on its stack in which the recipe may gain more. In a
    first look they are not measured, unless something else than time is wanted of them. By Amdahl's law (AFIPS Spring
    Joint Computer Conference 1967, 483-485).
    """
    shares = {row: _share(row, plan, outcome) for row in rows if _is_whole(row)}

    def can_gain(row: Row) -> bool:
        share = shares[row]
        return share is None or share >= margin / (1 + margin)

    def is_brief(row: Row) -> bool:
        if row not in shares or can_gain(row):
            return False
        return any(can_gain(one) for one in _on_claims_stack(row, plan, shares))

    return [_briefer(row, plan, margin) if is_brief(row) else row for row in rows]


def _is_whole(row: Row) -> bool:
    return row.cell.kind == "macro" and len(row.recipes) == 1 and not row.remark


def _briefer(row: Row, plan: Plan, margin: float) -> Row:
    why = f"by Amdahl's law it could gain less than {numbers.percent(margin)} there"
    recipe = _recipe(row, plan)
    if plan.quick and not (plan.memory or plan.alternatives or recipe.memory_claim):
        return replace(row, remark=f"{_on(row)}, skipped in a first look: {why}")
    return replace(row, brief=True, note=f"{_on(row)}, {MIN_PROCESSES} processes with one round each: {why}")


def _on(row: Row) -> str:
    return f"with {', '.join(name.rpartition('/')[2] for name in row.cell.on)}" if row.cell.on else "alone"


def _on_claims_stack(row: Row, plan: Plan, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that are as this one, on the stack of the recipe's claim; none where it is one of them."""
    (claimed, *_) = plan.stacks(_variant(row, plan))
    there = replace(row.cell, on=claimed)
    if there != row.cell:
        yield from (one for one in rows if one.recipes == row.recipes and one.cell == there)


def _share(row: Row, plan: Plan, outcome: Outcome) -> float | None:
    """The most of a call's time that a recipe may replace; None where that is not known."""
    counted, recipe = outcome.counted(row.cell), _recipe(row, plan)
    if counted is None or not recipe.touches or any(plan.target.seams[seam].kind != "call" for seam in recipe.touches):
        return None  # it replaces the whole, or what it makes works outside of its calls
    replaced = [counted.seams[seam] for seam in recipe.touches]
    if row.cell.threads is not None or any(seam.concurrent for seam in replaced):
        return None  # its time was clocked on other threads, or runs beside that of others
    return _CLOCKED * sum(seam.inclusive for seam in replaced) or None  # what is not called at all its row says


def _recipe(row: Row, plan: Plan) -> Recipe:
    return _variant(row, plan)[0].recipe


def _variant(row: Row, plan: Plan) -> tuple[RecipeEntry, ...]:
    return next(v for v in plan.variants if tuple(entry.recipe.full_id for entry in v) == row.recipes)
