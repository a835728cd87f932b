"""All compatible recipes measured together: the stack, each recipe on the rest, and what is left without the worst."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from perfkit.catalog import RecipeEntry
from perfkit.cell import Layout
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.groups import fit, more_budget
from perfkit.comparison.judge import Judge
from perfkit.comparison.partial import Place
from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row
from perfkit.comparison.proofs import examination_of_stacked
from perfkit.comparison.stack import as_measured, better_without, compatible, rows_of_stack, with_remarks, without
from perfkit.reasons import MISSING
from perfkit.result import WRONG, Result
from perfkit.schedule import CANDIDATE
from perfkit.session.outcome import Candidate
from perfkit.session.session import Session
from perfkit.settings import Settings

__all__ = ["StackRun"]

_REST = 0.3  # of a stack's budget and time: for what is left of it without what makes it slower
_LEAST_S = 60.0  # that the proofs and the sampling of one workload's stack take: with less time left it is not begun


class StackRun:
    """Measures the stacks of one plan, one a workload, in a session that has measured the recipes alone.

    `rows` are valid at any moment: an interruption loses nothing.
    """

    def __init__(self, session: Session, plan: Plan, judge: Judge, settings: Settings) -> None:
        self._session, self._plan, self._judge, self._settings = session, plan, judge, settings
        self._deadline: float | None = None
        self.place: Place | None = None  # what is under way; None before the first of them
        self._parts: list[list[Row]] = []  # each is changed in place while it is measured

    @property
    def rows(self) -> list[Row]:
        """Of all stacks that were begun, in the order of the table."""
        return [row for part in self._parts for row in part]

    def measure(self, alone: Sequence[Row], budget_s: float, deadline: float | None) -> None:
        """`alone`: the rows of recipes by themselves. `budget_s` is for sampling all stacks; `deadline`, by
        `time.monotonic`: when they are to be over."""
        self._deadline = deadline
        self.place = Place()
        results, workloads = self._judge.results(alone), self._plan.stacked_on
        begun = workloads[: self._room()]
        for number, workload in enumerate(begun):
            share_s = self._left_s() / (len(begun) - number)
            self._on(workload, results, budget_s / len(begun), share_s)
        if begun != workloads:
            left = " and ".join(workloads[len(begun) :])
            self._session.outcome.warn(f"there was no time left for the stacks on {left}: name one with --workload")

    def _left_s(self) -> float:
        """Seconds until the deadline."""
        return math.inf if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _room(self) -> int | None:
        """How many workloads there is time for, one at least; None: for all."""
        return None if self._deadline is None else max(1, int(self._left_s() / _LEAST_S))

    def _on(self, workload: str, alone: Sequence[Result], budget_s: float, share_s: float) -> None:
        end = time.monotonic() + share_s
        single = [variant[0] for variant in self._plan.variants if len(variant) == 1]
        able = [entry for entry in single if self._is_able(entry, alone, workload)]
        layouts = self._settings.layouts
        cell = replace(self._plan.cell(workload, "stack"), layout=layouts[0])
        stack = compatible(able, alone, self._plan.target.tree, cell)
        if len(stack.entries) < 2:
            return
        rows = _in_layouts(rows_of_stack(stack), layouts)
        self._parts.append(rows)
        self._prove_and_measure(rows, budget_s, 1 - _REST, end - share_s * _REST)
        dropped = better_without(stack, self._judge.results(rows), alone)
        # where all that goes is idle anyway, what is left is the same code as the whole
        if "slower" in dropped.values() and len(dropped) < len(stack.entries):
            rest = _in_layouts([without(stack, dropped)], layouts)
            self._parts.append(rest)
            self._prove_and_measure(rest, budget_s, _REST, end)

    def _is_able(self, entry: RecipeEntry, alone: Sequence[Result], workload: str) -> bool:
        """Whether a recipe is right, can run here, and does something on a workload."""
        own = [r for r in alone if r.recipes == (entry.recipe.full_id,)]
        if entry.recipe.status == "reference" or not own:
            return False
        if any(r.verdict in WRONG for r in own):
            return False
        if all(r.reason in MISSING for r in own):
            return False
        counted = self._session.outcome.seams.get((workload, ()))
        return counted is None or any(counted.seams[seam].calls for seam in entry.recipe.touches)

    def _prove_and_measure(self, rows: list[Row], budget_s: float, part: float, deadline: float) -> None:
        """Count, prove and measure rows that stand on stacks of their own; those that do not fit get a remark.

        They get that part of the budget of one workload.
        """
        session, budget_s = self._session, budget_s * part
        self.place = Place(part=f"the stack on {rows[0].cell.workload}")
        with ExitStack() as workers:
            worker = workers.enter_context(session.worker(0))
            for row in rows:
                if not session.counter.inspect_below(worker, (row.cell.workload, row.cell.point, row.cell.on), row.key):
                    worker.close()
                    worker = workers.enter_context(session.worker(0))
        outcome = session.outcome
        with session.prover.sharing():
            self._examine([row for row in rows if not row.is_part])
            parts = [row for row in rows if row.is_part]
            if all(row.key not in outcome.failures for row in rows if not row.is_part):
                self._see_that_they_are_called(parts)
            else:
                self._examine(parts)  # whose fault it is
        right = [row for row in rows if row.key not in outcome.failures and row.place not in outcome.not_exercised]
        remedy = more_budget(len(self._plan.stacked_on) / (part * Budgets.of(1.0, stacks=True).stacks_s))
        fitted = fit(as_measured(right), outcome, replace(self._settings, budget_s=budget_s), remedy)
        rows[:] = with_remarks(rows, fitted.rows)
        self.place = replace(self.place, groups=tuple(group.id for group in fitted.groups))
        session.measure(fitted.groups, budget_s, deadline if math.isfinite(deadline) else None)

    def _examine(self, rows: Sequence[Row]) -> None:
        failures = self._session.outcome.failures
        able = (row for row in {row.key: row for row in rows}.values() if row.key not in failures)
        self._session.prover.examine(examination_of_stacked(row, self._touched(row), self._settings) for row in able)

    def _see_that_they_are_called(self, parts: Sequence[Row]) -> None:
        """All of the stack has been proven by now, and the stack without each is compared in the timed calls."""
        for row in (row for row in parts if row.key not in self._session.outcome.failures):
            candidate = Candidate(role=CANDIDATE, recipes=row.recipes, apart=row.apart)
            place = (row.cell.workload, row.cell.point, row.cell.on)
            self._session.prover.is_called(candidate, place, self._touched(row))

    def _touched(self, row: Row) -> list[str]:
        return sorted({seam for name in row.recipes for seam in self._judge.entries[name].recipe.touches})


def _in_layouts(rows: Sequence[Row], layouts: Sequence[Layout]) -> list[Row]:
    return [replace(row, cell=replace(row.cell, layout=layout)) for row in rows for layout in layouts]
