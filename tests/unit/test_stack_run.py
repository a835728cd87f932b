"""Which stacks are measured, of what, in a session that measures nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.catalog import Catalog, RecipeEntry
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.judge import Judge
from perfkit.comparison.partial import Place
from perfkit.comparison.plan import Choice, Plan, set_up
from perfkit.comparison.planned_rows import Row, rows_of
from perfkit.comparison.stack_run import StackRun
from perfkit.protocol.counting import Inspected
from perfkit.session.outcome import Group, Outcome
from perfkit.settings import Settings
from tests.messages import FakeWorker, seam_count
from tests.unit.test_plan import recipe, target

INNER, TABLE = recipe("inner", "inner", on=()), recipe("table", "table", on=())
ON_WALK = recipe("outer", "outer", on=(), workload="walk")


def plan(*entries: RecipeEntry, missing: str = "") -> Plan:
    """All of these recipes; `missing`: what the workload `walk` needs."""
    run, walk = target().workloads
    toy = replace(target(), workloads=(run, replace(walk, unavailable=missing)))
    found = Catalog(recipes=entries, targets=(toy,), broken=())
    return set_up(found, Choice(target="toy", every=True, together=True))


def stacked(monkeypatch: pytest.MonkeyPatch, asked: Plan) -> list[Row]:
    """The rows of all stacks, none of which is measured."""
    counted = Inspected(call_ns=1e6, passes=1, seams={name: seam_count() for name in asked.target.seams})
    session: Any = SimpleNamespace(outcome=Outcome(seams={("run", ()): counted, ("walk", ()): counted}))
    monkeypatch.setattr(StackRun, "_prove_and_measure", lambda *_: None)
    alone = list(rows_of(asked, session.outcome.seams, ("in-process",)))
    run = stack_run(session, asked)
    run.measure(alone, 4.0, None)
    return run.rows


def stack_run(session: Any, asked: Plan, settings: Settings | None = None) -> StackRun:
    entries = {entry.recipe.full_id: entry for (entry,) in asked.variants}
    judge = Judge(target=asked.target, entries=entries, outcome=session.outcome, margin=0.01)
    return StackRun(session, asked, judge, settings or Settings())


class Session:
    """Proves all at once, and notes at each step where the stack under way is."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.counter, self.prover = outcome, self, self
        self.run: StackRun | None = None
        self.places: list[Place] = []

    def note(self) -> None:
        assert self.run is not None
        assert self.run.place is not None
        self.places.append(self.run.place)

    def worker(self, _: int) -> FakeWorker:
        return FakeWorker({})

    def inspect_below(self, worker: FakeWorker, place: Any, key: Any) -> bool:
        assert not worker.closed
        self.outcome.seams[place[0], place[2]] = self.outcome.seams[place[0], ()]
        return True

    def sharing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def examine(self, wanted: Any) -> None:
        assert [*wanted]
        self.note()

    def is_called(self, *_: Any) -> bool:
        return True

    def measure(self, groups: Sequence[Group], budget_s: float, deadline: float | None) -> None:
        self.note()
        assert self.places[-1].groups == tuple(group.id for group in groups)


def test_it_is_known_which_stack_is_proven_or_measured() -> None:
    asked = plan(INNER, TABLE, ON_WALK)
    counted = Inspected(call_ns=1e6, passes=1, seams={name: seam_count() for name in asked.target.seams})
    session: Any = Session(Outcome(seams={("run", ()): counted, ("walk", ()): counted}))
    run = session.run = stack_run(session, asked)
    run.measure([*rows_of(asked, session.outcome.seams, ("in-process",))], 4.0, None)

    assert [(place.part, bool(place.groups)) for place in session.places] == [
        (f"the stack on {workload}", measured) for workload in ("run", "walk") for measured in (False, True)
    ]


def test_a_workload_that_is_unavailable_has_no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere, here = plan(INNER, TABLE, ON_WALK), plan(INNER, TABLE, ON_WALK, missing="pip install x")

    assert everywhere.stacked_on == ("run", "walk")
    assert here.stacked_on == ("run",)
    assert {row.cell.workload for row in stacked(monkeypatch, everywhere)} == {"run", "walk"}
    assert {row.cell.workload for row in stacked(monkeypatch, here)} == {"run"}


def test_a_recipe_whose_claims_stack_is_unavailable_is_stacked_where_it_was_measured_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = replace(recipe("lacking", "buffer", on=()), unavailable="pip install x")
    claimed = recipe("claimed", "outer", on=("lacking",))
    (whole, *_) = stacked(monkeypatch, plan(INNER, TABLE, claimed, lacking))

    assert set(whole.recipes) == {"toy/inner", "toy/table", "toy/claimed"}


def test_a_stack_that_does_not_fit_names_the_budget_of_the_whole_command_in_which_it_does() -> None:
    asked = plan(INNER, TABLE, ON_WALK)
    counted = Inspected(call_ns=0.9e9, passes=1, seams={name: seam_count() for name in asked.target.seams})

    def remarks(budget_s: float) -> list[str]:
        session: Any = Session(Outcome(seams={("run", ()): counted, ("walk", ()): counted}))
        session.run = stack_run(session, asked, Settings(budget_s=budget_s))
        alone = [*rows_of(asked, session.outcome.seams, ("in-process",))]
        session.run.measure(alone, Budgets.of(budget_s, stacks=True).stacks_s, None)
        return [row.remark for row in session.run.rows]

    short = remarks(60.0)
    (enough_s,) = {int(found[1]) for text in short if (found := re.search(r"needs --budget (\d+)s", text))}

    assert all(short)
    assert not any(remarks(enough_s))
