"""The rows of the table to come: what is measured of each recipe, and why some of it is not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from perfkit.catalog import RecipeEntry
from perfkit.cell import COLD_L2, IN_PROCESS, WARM_L2, Cell, CellState, Layout
from perfkit.comparison.plan import Plan
from perfkit.protocol.counting import Inspected, SeamCount
from perfkit.reasons import Reason
from perfkit.remarks import on_recorded
from perfkit.session.outcome import candidate_key
from perfkit.target import HOST, Seam

__all__ = ["Row", "micro_rows", "proven_on", "rows_of"]

SeamCounts = Mapping[tuple[str, tuple[str, ...]], Inspected]  # by (workload, recipes on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table to come: recipes switched on together, and what they are measured on."""

    recipes: tuple[str, ...]
    cell: Cell
    remark: str = ""  # why this row will not be measured
    reason: Reason | None = None  # the same in one word, where nothing else is to be said of the row
    note: str = ""  # what is to be said of a row that is measured
    brief: bool = False  # measured in the fewest processes, a round in each
    in_each: bool = False  # measured in each group of its cell: others are held against it

    @property
    def apart(self) -> tuple[str, ...]:
        """The stack below, where what happens on it says nothing of the recipes alone."""
        return self.cell.on if self.cell.kind == "stack" else ()

    @property
    def is_part(self) -> bool:
        """Whether it is a recipe on the rest of a stack: what the stack loses without it."""
        return self.cell.kind == "stack" and bool(self.cell.on)

    @property
    def key(self) -> tuple[str, ...]:
        """What the proof and the failure of its candidate are noted under."""
        return candidate_key(self.recipes, self.apart)

    @property
    def place(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """What is known of its recipes on a workload is noted under: (workload, recipes already on, recipes)."""
        return self.cell.workload, self.cell.on, self.recipes


def rows_of(plan: Plan, seams: SeamCounts, layouts: Sequence[Layout]) -> Iterator[Row]:
    """Every row, in the order of the table: micro first, then macro on the claim's stack, then on nothing.

    `seams` is what the counting pass saw: it decides which seam can be measured alone.
    """
    for variant in plan.variants:
        for workload in plan.workloads(variant):
            rows = [*_seam_rows(plan, variant, workload, seams)]
            for on in plan.stacks(variant):
                whole = _workload_rows(plan, variant, plan.cell(workload, "macro", on), layouts)
                rows += (each for row in whole for each in _recurring(row)) if plan.recurs else whole
            yield from rows if plan.target.device == HOST else (each for row in rows for each in _in_both_caches(row))


def proven_on(plan: Plan, variant: Sequence[RecipeEntry], rows: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    """The stacks that a variant is proven on: in a first look only those that one of its rows is measured on, if any
    is."""
    stacks, recipes = plan.measurable(variant), tuple(e.recipe.full_id for e in variant)
    measured = {row.cell.on for row in rows if row.recipes == recipes and not row.remark}
    return tuple(on for on in stacks if on in measured or not (plan.quick and measured))


def _seam_rows(plan: Plan, variant: Sequence[RecipeEntry], workload: str, seams: SeamCounts) -> Iterator[Row]:
    """The seams of a recipe alone, where it needs no other in its place."""
    stacks = plan.measurable(variant)
    if len(variant) != 1 or not stacks:
        return
    no_measure = plan.no_measure(variant, stacks[0])
    recipe = variant[0].recipe
    inspected = seams.get((workload, stacks[0]))
    counted = inspected.seams if inspected else {}
    for seam in sorted(recipe.touches):
        cell = replace(plan.cell(workload, "micro", stacks[0]), seam=seam)
        row = Row(recipes=(recipe.full_id,), cell=cell)
        if no_measure:
            yield replace(row, remark=no_measure, reason="missing-hardware")
        else:
            yield from micro_rows(row, plan.target.seams[seam], counted.get(seam))


def micro_rows(row: Row, seam: Seam, counted: SeamCount | None) -> Iterator[Row]:
    """One seam alone, cold and warm where its arguments recur; `counted` is None where it was not seen."""
    obstacle = _obstacle(row.cell.workload, seam, counted)
    if counted is not None and counted.recorded:
        row = replace(row, note=on_recorded(counted.recorded))
    if obstacle:
        yield replace(row, remark=obstacle)
    elif seam.reused:
        yield _in_state(row, "cold")
        yield _in_state(row, "warm")
    else:
        yield row


def _obstacle(workload: str, seam: Seam, counted: SeamCount | None) -> str:
    """Why a seam cannot be measured alone; "" where it can."""
    if counted is None or counted.calls == 0:
        in_build = counted is not None and counted.in_build
        return f"{workload} " + (
            "calls it only while it is built, which is not timed" if in_build else "never calls it"
        )
    if seam.kind != "call":
        return f"macro only: a {seam.kind} has no work of its own"
    if counted.obstacle:
        return f"macro only: {counted.obstacle}"
    return "" if seam.reused or counted.shapes else "macro only: its arguments never vary"


def _workload_rows(plan: Plan, variant: Sequence[RecipeEntry], cell: Cell, layouts: Sequence[Layout]) -> Iterator[Row]:
    """A whole workload in every layout, and on another number of threads where a recipe's effect depends on it."""
    row = Row(recipes=tuple(e.recipe.full_id for e in variant), cell=cell)
    lacking = plan.lacking(variant, cell.on)
    if lacking:
        row = replace(row, remark=lacking, reason="missing-dependency")
    elif no_measure := plan.no_measure(variant, cell.on):
        row = replace(row, remark=no_measure, reason="missing-hardware")
    for layout in layouts:
        yield replace(row, cell=replace(cell, layout=layout))
    if plan.other_threads and any(e.recipe.threaded for e in variant):
        yield replace(row, cell=replace(cell, layout=layouts[0], threads=plan.other_threads))


def _recurring(row: Row) -> Iterator[Row]:
    """Calls that are all given the same: the first, and later ones, which whoever remembers answers for nothing."""
    if row.cell.layout == IN_PROCESS:
        yield _in_state(row, "cold")
    yield _in_state(row, "warm")


def _in_both_caches(row: Row) -> Iterator[Row]:
    """A row on a device, with what calls read in its last cache, as far as it fits, and with nothing there."""
    states = (COLD_L2, WARM_L2) if not (row.remark or row.cell.state) else (row.cell.state,)
    yield from (_in_state(row, state) for state in states)


def _in_state(row: Row, state: CellState | None) -> Row:
    return replace(row, cell=replace(row.cell, state=state))
