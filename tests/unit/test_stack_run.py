"""Which stacks are measured, of what, in a session that measures nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.catalog import Catalog, RecipeEntry
from perfkit.comparison.judge import Judge
from perfkit.comparison.plan import Choice, Plan, set_up
from perfkit.comparison.rows import Row, rows_of
from perfkit.comparison.stack_run import StackRun
from perfkit.protocol.opening import Inspected
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from tests.messages import seam_count
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
    entries = {entry.recipe.full_id: entry for (entry,) in asked.variants}
    judge = Judge(target=asked.target, entries=entries, outcome=session.outcome, margin=0.01)
    monkeypatch.setattr(StackRun, "_prove_and_measure", lambda *_: None)
    alone = list(rows_of(asked, session.outcome.seams, ("in-process",)))
    return [row for rows in StackRun(session, asked, judge, Settings()).measure(alone) for row in rows]


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
