"""All compatible recipes measured together: the stack, each recipe on the rest, and what is left without the worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from perfkit.catalog import RecipeEntry
from perfkit.comparison.groups import fit
from perfkit.comparison.judge import Judge
from perfkit.comparison.plan import Plan
from perfkit.comparison.proofs import prove_stacked
from perfkit.comparison.rows import Row
from perfkit.comparison.stack import better_without, compatible, rows_of_stack, without
from perfkit.result import Result
from perfkit.session.session import Session
from perfkit.settings import Settings

__all__ = ["ALONE", "StackRun"]

ALONE, _STACKED = 0.5, 0.35  # of the budget: for recipes alone, and for stacks; the rest is for what is left of these


class StackRun:
    """Measures the stacks of one plan, one a workload, in a session that has measured the recipes alone."""

    def __init__(self, session: Session, plan: Plan, judge: Judge, settings: Settings) -> None:
        """`settings.budget_s` is that of the whole comparison."""
        self._session = session
        self._plan = plan
        self._judge = judge
        self._settings = settings

    def measure(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Yields rows before they are measured, so that an interruption loses nothing. `rows`: of recipes alone."""
        alone = self._judge.results(rows)
        workloads = tuple(dict.fromkeys(row.cell.workload for row in rows if row.cell.kind == "macro"))
        for workload in workloads:
            yield from self._on(workload, alone, self._settings.budget_s / len(workloads))

    def _on(self, workload: str, alone: Sequence[Result], budget_s: float) -> Iterator[list[Row]]:
        single = [variant[0] for variant in self._plan.variants if len(variant) == 1]
        able = [entry for entry in single if self._is_able(entry, alone, workload)]
        layouts = self._settings.layouts
        cell = replace(self._plan.cell(workload, "stack"), layout=layouts[0])
        stack = compatible(able, alone, self._plan.target.tree, cell)
        if len(stack.entries) < 2:
            return
        rows = _in_layouts(rows_of_stack(stack), layouts)
        yield rows
        self._prove_and_measure(rows, budget_s * _STACKED)
        dropped = better_without(stack, self._judge.results(rows), alone)
        # where all that goes is idle anyway, what is left is the same code as the whole
        if "slower" in dropped.values() and len(dropped) < len(stack.entries):
            rest = _in_layouts([without(stack, dropped)], layouts)
            yield rest
            self._prove_and_measure(rest, budget_s * (1 - ALONE - _STACKED))

    def _is_able(self, entry: RecipeEntry, alone: Sequence[Result], workload: str) -> bool:
        """Whether a recipe is right, can run here, and does something on a workload."""
        own = [r for r in alone if r.recipes == (entry.recipe.full_id,)]
        if entry.recipe.status == "reference" or not own:
            return False
        if any(r.verdict in ("rejected", "failed") or r.reason == "missing-dependency" for r in own):
            return False
        counted = self._session.outcome.seams.get((workload, ()))
        return counted is None or any(counted.seams[seam].calls for seam in entry.recipe.touches)

    def _prove_and_measure(self, rows: list[Row], budget_s: float) -> None:
        """Count, prove and measure rows that stand on stacks of their own; those that do not fit get a remark."""
        session = self._session
        with ExitStack() as workers:
            worker = workers.enter_context(session.worker(0))
            for row in rows:
                if not session.scout.inspect_below(worker, (row.cell.workload, row.cell.point, row.cell.on), row.key):
                    worker = workers.enter_context(session.worker(0))
        for row in {row.key: row for row in rows}.values():
            if row.key not in session.outcome.failures:
                touched = {seam for name in row.recipes for seam in self._judge.entries[name].recipe.touches}
                prove_stacked(session, row, sorted(touched), self._settings)
        fitted = fit(rows, session.outcome, replace(self._settings, budget_s=budget_s), self._plan.points)
        rows[:] = fitted.rows
        session.measure(fitted.groups, budget_s)


def _in_layouts(rows: Sequence[Row], layouts: Sequence[str]) -> list[Row]:
    return [replace(row, cell=replace(row.cell, layout=layout)) for row in rows for layout in layouts]
