"""Recipes by themselves: proven and measured batch after batch, each with its part of the budget."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from perfkit.comparison.batches import batches_of, first_part_s, level, share_of
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.foreseen import Foreseen, foreseen, span, span_of_points
from perfkit.comparison.groups import Fitted, budget_words, fit, more_budget, needed_s, stretched, without_long_seams
from perfkit.comparison.negligible import made_brief
from perfkit.comparison.partial import Place
from perfkit.comparison.plan import Plan
from perfkit.comparison.plan_line import Ahead, announcement
from perfkit.comparison.planned_rows import Row, rows_of
from perfkit.comparison.progress import Progress
from perfkit.comparison.proofs import prove
from perfkit.machine import counters
from perfkit.session.session import Session
from perfkit.settings import Settings

__all__ = ["RecipeRun"]

_LEAST_S = 30.0  # that sampling is given in a session that is limited as a whole, however late it is


class RecipeRun:
    """Proves and measures the recipes of one plan in a session that has counted their baselines.

    What stands in its attributes is valid at any moment: an interruption loses no batch that is over, and of the one
    under way no round.
    """

    def __init__(self, session: Session, plan: Plan, settings: Settings, budgets: Budgets, progress: Progress) -> None:
        """`budgets` say what there is for all of them, and what is kept for the stacks that follow."""
        self._session, self._plan, self._budgets, self._progress = session, plan, budgets, progress
        self._settings = replace(settings, budget_s=budgets.alone_s)
        self.planned: list[Row] = []  # as the rows were before some did not fit the budget
        self.rows: list[Row] = []  # in the order of the table, whatever the order of the batches
        self.batches: list[Plan] = []
        self.place = Place()  # where it is among its batches
        self.before: dict[str, float] = {}  # the machine's counters when the measuring began
        self._shares: dict[tuple[str, ...], float] = {}  # of their workload's time, that they replace
        self._proving_s, self._proven = 0.0, 0  # of the candidates that are proven: how long that took, and how many

    def begin(self) -> None:
        """The baselines have been counted: form the rows and the batches."""
        outcome = self._session.outcome
        rows = list(rows_of(self._plan, outcome.seams, self._settings.layouts))
        if self._settings.stretch_s:  # nobody has set a budget
            rows = made_brief(rows, self._plan, outcome, self._settings.margin)
        self.planned = without_long_seams(rows, outcome) if self._settings.whole_s else rows
        self.rows = list(self.planned)
        self.batches = batches_of(self._plan, outcome.seams)
        for variant in self._plan.variants:
            recipes = tuple(entry.recipe.full_id for entry in variant)
            self._shares[recipes] = share_of(self._plan, variant, outcome.seams)

    def needs(self, batches: Sequence[Plan]) -> list[Foreseen]:
        """What each of some batches is taken to need, by what is known now."""
        each_s = self._proving_s / self._proven if self._proven else None
        return [
            foreseen(batch, self._rows_of(batch), self._session.outcome, self._settings, self._session.at_once, each_s)
            for batch in batches
        ]

    def stages(self, deadline: float | None) -> dict[Hashable, float]:
        """The stages that are to come, and what each will need: of each batch its proofs, and its measuring."""
        needs = self.needs(self.batches)
        sampling_s = self._settings.budget_s
        if deadline is not None:
            sampling_s = max(0.0, deadline - time.monotonic() - sum(need.of_all.least_s for need in needs))
        weight = sum(need.weight for need in needs) or 1.0
        stages: dict[Hashable, float] = {}
        for number, need in enumerate(needs, 1):
            stages["proofs", number] = need.proving_s
            stages["rounds", number] = need.building_s + need.slow_s + sampling_s * need.weight / weight
        return stages

    def announcement(self, over_s: float, stacks: int) -> str:
        """What is about to happen, where `over_s` are over and as many stacks are to follow."""
        settings = stretched(self.rows, self._session.outcome, self._settings)
        budgets, needs = replace(self._budgets, alone_s=settings.budget_s), self.needs(self.batches)
        first = span(needs, over_s, budgets, whole_s=settings.whole_s, stacks=stacks)
        return announcement(
            Ahead(
                plan=self._plan,
                batches=self.batches,
                fitted=[self._fitted(batch, settings) for batch in self.batches],
                needs=needs,
                budgets=budgets,
                whole=span_of_points(first, needs, self._plan.points),
                limited=bool(settings.whole_s),
            )
        )

    def measure(self, deadline: float | None, proven: Callable[[], None]) -> None:
        """Batch after batch. `deadline`, by `time.monotonic`: when all are to be over. `proven` is called whenever the
        proofs of a batch are."""
        for number, batch in enumerate(self.batches, 1):
            self.place = Place(part=f"batch {number} of {len(self.batches)}" if len(self.batches) > 1 else "")
            needs = self.needs(self.batches[number - 1 :])
            if deadline is None:
                left_s = self._settings.budget_s - self._session.outcome.measuring_s
                part_s, until = first_part_s(left_s, [need.of_sampling for need in needs]), None
            else:
                left_s = max(0.0, deadline - time.monotonic())
                part_s = first_part_s(left_s, [need.of_all for need in needs])
                until = time.monotonic() + part_s
            self._progress.begin(("proofs", number))
            self._prove(batch)
            proven()
            self._progress.begin(("rounds", number))
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
        if deadline is not None:
            deadline = max(deadline, time.monotonic() + self._least_s(batch))
            budget_s = min(self._settings.budget_s, deadline - time.monotonic())
        rows = self._rows_of(batch)
        settings = stretched(rows, self._session.outcome, replace(self._settings, budget_s=budget_s))
        fitted = self._fitted(batch, settings)
        said = dict(zip(rows, fitted.rows, strict=True))
        self.rows = [said.get(row, row) for row in self.rows]
        self.place = replace(self.place, groups=tuple(group.id for group in fitted.groups))
        self.before = self.before or counters.counters()
        self._session.measure(fitted.groups, settings.budget_s, deadline)

    def _least_s(self, batch: Plan) -> float:
        """What sampling a batch is given however late it is: its part, or a round of each where that is brief."""
        part_s = _LEAST_S * len(batch.variants) / max(1, len(self._plan.variants))
        return max(part_s, min(_LEAST_S, self.needs([batch])[0].slow_s))

    def _fitted(self, batch: Plan, settings: Settings) -> Fitted:
        """The groups of a batch; where there is no room for all, what replaces most of a workload's time goes first."""
        remedy = self._by_itself if self._plan.in_batches else more_budget(self._plan.points)
        return fit(self._rows_of(batch), self._session.outcome, settings, remedy, self._rank)

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
        return -level(self._shares.get(row.recipes, 0.0))

    def _rows_of(self, batch: Plan) -> list[Row]:
        recipes = {tuple(e.recipe.full_id for e in variant) for variant in batch.variants}
        return [row for row in self.rows if row.recipes in recipes]
