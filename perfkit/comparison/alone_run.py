"""Recipes by themselves: proven and measured batch after batch, each with its part of the budget."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from perfkit.comparison.batches import batches_of, first_part_s, level, share_of
from perfkit.comparison.foreseen import Foreseen, foreseen, span, span_of_points
from perfkit.comparison.groups import budget_words, fit, more_budget, needed_s, stretched, without_long_seams
from perfkit.comparison.partial import Place
from perfkit.comparison.plan import Plan
from perfkit.comparison.plan_line import batches_line, plan_line, span_words, why_longer
from perfkit.comparison.planned_rows import Row, rows_of
from perfkit.comparison.progress import Progress
from perfkit.comparison.proofs import prove
from perfkit.comparison.stack_run import ALONE
from perfkit.machine import counters
from perfkit.session.session import Session
from perfkit.settings import Settings

__all__ = ["AloneRun"]

_LEAST_S = 30.0  # that sampling is given in a session that is limited as a whole, however late it is


class AloneRun:
    """Proves and measures the recipes of one plan in a session that has counted their baselines.

    What stands in its attributes is valid at any moment: an interruption loses no batch that is over, and of the one
    under way no round.
    """

    def __init__(self, session: Session, plan: Plan, settings: Settings, progress: Progress) -> None:
        """`settings.budget_s` is what there is for all of them."""
        self._session, self._plan, self._settings, self._progress = session, plan, settings, progress
        self.rows: list[Row] = []  # in the order of the table, whatever the order of the batches
        self.able: list[Row] = []  # as they were before some did not fit the budget
        self.batches: list[Plan] = []
        self.number = 0  # of the batch under way, counted from 1
        self.groups: tuple[str, ...] = ()  # that are being measured; none while that batch is proven
        self.before: dict[str, float] = {}  # the machine's counters when the measuring began
        self._shares: dict[tuple[str, ...], float] = {}  # of their workload's time, that they replace
        self._proving_s, self._proven = 0.0, 0  # of the candidates that are proven: how long that took, and how many

    def begin(self) -> None:
        """The baselines have been counted: form the rows and the batches."""
        outcome = self._session.outcome
        self.rows = list(rows_of(self._plan, outcome.seams, self._settings.layouts))
        if self._settings.whole_s:
            self.rows = without_long_seams(self.rows, outcome)
        self.able = list(self.rows)
        self.batches = batches_of(self._plan, outcome.seams)
        for variant in self._plan.variants:
            recipes = tuple(entry.recipe.full_id for entry in variant)
            self._shares[recipes] = share_of(self._plan, variant, outcome.seams)

    def foreseen(self, batches: Sequence[Plan]) -> list[Foreseen]:
        """What each of some batches is taken to need, by what is known now."""
        each_s = self._proving_s / self._proven if self._proven else None
        return [
            foreseen(batch, self._rows_of(batch), self._session.outcome, self._settings, self._session.at_once, each_s)
            for batch in batches
        ]

    def expected_s(self, deadline: float | None) -> Iterator[float]:
        """What each stage of what is to come will need: of each batch its proofs, and its measuring."""
        each = self.foreseen(self.batches)
        sampling_s = self._settings.budget_s
        if deadline is not None:
            sampling_s = max(0.0, deadline - time.monotonic() - sum(one.of_all.least_s for one in each))
        weight = sum(one.weight for one in each)
        for one in each:
            yield one.proving_s
            yield one.building_s + one.slow_s + (sampling_s * one.weight / weight if weight else 0.0)

    def plan_line(self, over_s: float, stacks: int) -> str:
        """What is about to happen, where `over_s` are over and as many stacks are to follow."""
        settings, outcome, plan = self._settings, self._session.outcome, self._plan
        settings = stretched(self.rows, outcome, settings)
        each = self.foreseen(self.batches)
        whole = span_of_points(span(each, over_s, settings, stacks), each, plan.points)
        sampling_s = settings.budget_s / ALONE if stacks else settings.budget_s
        budget_s = None if settings.whole_s else sampling_s
        if plan.in_batches:
            parts = [fit(self._rows_of(batch), outcome, settings, rank=self._rank) for batch in self.batches]
            groups = [group for part in parts for group in part.groups]
            line = batches_line(groups, [len(batch.variants) for batch in self.batches], budget_s)
        else:
            fitted = fit(self.rows, outcome, settings, rank=self._rank)
            line = plan_line(fitted.groups, fitted.call_ns, sampling_s)
        on_top = "" if budget_s is None else "proofs and building come on top: "
        why = why_longer(each, whole, settings.budget_s, quick=plan.quick)
        return "; ".join([line, f"{on_top}{span_words(whole)} in all", *why])

    @property
    def place(self) -> Place:
        """Where it is among its batches."""
        part = f"batch {self.number} of {len(self.batches)}" if len(self.batches) > 1 else ""
        return Place(part=part, groups=self.groups)

    def measure(self, deadline: float | None, proven: Callable[[], None]) -> None:
        """Batch after batch. `deadline`, by `time.monotonic`: when all are to be over. `proven` hears when one is."""
        spent_s, outcome = self._session.outcome.measuring_s, self._session.outcome
        for number, batch in enumerate(self.batches):
            self.number, self.groups = number + 1, ()
            each = self.foreseen(self.batches[number:])
            if deadline is None:
                left_s = self._settings.budget_s - (outcome.measuring_s - spent_s)
                part_s, until = first_part_s(left_s, [one.of_sampling for one in each]), None
            else:
                left_s = max(0.0, deadline - time.monotonic())
                part_s = first_part_s(left_s, [one.of_all for one in each])
                until = time.monotonic() + part_s
            self._progress.begin()
            self._prove(batch)
            proven()
            self._progress.begin()
            self._measure(batch, part_s, until)

    def _prove(self, batch: Plan) -> None:
        if not batch.proves:
            return
        begun = time.monotonic()
        prove(self._session, batch, self.rows, self._settings)
        self._proving_s += time.monotonic() - begun
        self._proven += len(batch.variants)

    def _measure(self, batch: Plan, budget_s: float, deadline: float | None) -> None:
        """`budget_s`: its part; with a `deadline` what the proofs have left of it, and some in any case."""
        outcome, rows = self._session.outcome, self._rows_of(batch)
        if deadline is not None:
            least_s = _LEAST_S * len(batch.variants) / max(1, len(self._plan.variants))
            least_s = max(
                least_s, min(_LEAST_S, self.foreseen([batch])[0].slow_s)
            )  # a round of each, where that is brief
            deadline = max(deadline, time.monotonic() + least_s)
            budget_s = min(self._settings.budget_s, deadline - time.monotonic())
        settings = stretched(rows, outcome, replace(self._settings, budget_s=budget_s))
        remedy = self._by_itself if self._plan.in_batches else more_budget(self._plan.points)
        fitted = fit(rows, outcome, settings, remedy, self._rank)
        said = dict(zip(rows, fitted.rows, strict=True))
        self.rows = [said.get(row, row) for row in self.rows]
        self.groups = tuple(group.id for group in fitted.groups)
        self.before = self.before or counters.counters()
        self._session.measure(fitted.groups, settings.budget_s, deadline)

    def _by_itself(self, row: Row, _: float) -> str:
        """The command that measures a recipe by itself, which takes less than all in one budget would."""
        plan, settings, usual = self._plan, self._settings, Settings()
        named = [option for name in row.recipes for option in ("--recipe", name.rpartition("/")[2])]
        given = {
            "--workload": (plan.workload, None),
            "--size": (plan.size, None),
            "--layout": (settings.layout, usual.layout),
            "--processes": (settings.processes, usual.processes),
            "--threads": (settings.pools, usual.pools),
        }
        named += [str(word) for name, (value, other) in given.items() if value != other for word in (name, value)]
        named += [str(word) for folder in settings.catalogs for word in ("--catalog", folder)]
        rows = rows_of(plan, self._session.outcome.seams, settings.layouts)
        need_s = needed_s([own for own in rows if own.recipes == row.recipes], self._session.outcome, settings)
        return f"{shlex.join(['perfkit', 'compare', plan.target.id, *named])} {budget_words(need_s)}"

    def _rank(self, row: Row) -> float:
        """What replaces most of a workload's time first, where there is no room for all."""
        return -level(self._shares.get(row.recipes, 0.0))

    def _rows_of(self, batch: Plan) -> list[Row]:
        recipes = {tuple(e.recipe.full_id for e in variant) for variant in batch.variants}
        return [row for row in self.rows if row.recipes in recipes]
