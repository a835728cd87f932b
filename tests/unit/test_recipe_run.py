"""Batch after batch within a budget or until a deadline, in a session that only lets time pass."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.comparison import recipe_run
from perfkit.comparison.batches import level
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.partial import Place
from perfkit.comparison.plan import Choice, Plan, set_up
from perfkit.comparison.planned_rows import Row
from perfkit.comparison.progress import Progress
from perfkit.comparison.recipe_run import RecipeRun
from perfkit.session.outcome import Failure, Group, GroupOutcome, Outcome
from perfkit.settings import Settings
from tests.unit.test_batches import MANY, counted, plan
from tests.unit.test_plan import catalog


class Session:
    """Proves in `each_s` a candidate, and samples for `used` of what it gets, up to the deadline; builds in no time."""

    at_once = 2

    def __init__(self, each_s: float = 3.0, used: float = 1.0) -> None:
        self.outcome = Outcome(seams=counted(), opened_in_s=0.5)
        self.each_s, self.used, self.now = each_s, used, 100.0
        self.steps: list[tuple[str, float]] = []
        self.budgets: list[float] = []
        self.groups: list[Group] = []
        self.place: Callable[[], Place | None] = lambda: None
        self.places: list[Place | None] = []

    def prove(self, _: Any, batch: Plan, *__: Any) -> None:
        self.steps.append(("prove", self.now))
        self.places.append(self.place())
        self.now += self.each_s * len(batch.variants)

    def measure(self, groups: Sequence[Group], budget_s: float, deadline: float | None) -> None:
        self.steps.append(("measure", self.now))
        self.places.append(self.place())
        assert deadline is None or deadline > self.now, "what is over already leaves one round each"
        self.budgets.append(budget_s)
        self.groups += groups
        self.outcome.groups.update((group.id, GroupOutcome(group=group)) for group in groups)
        until_s = budget_s if deadline is None else max(0.0, min(budget_s, deadline - self.now))
        self.now += self.used * until_s
        self.outcome.measuring_s += self.used * until_s


def measured(
    monkeypatch: pytest.MonkeyPatch,
    session: Any,
    *,
    asked: Plan | None = None,
    whole_s: float = 0.0,
    budget_s: float = 60.0,
    proven: Callable[[], None] = lambda: None,
) -> RecipeRun:
    """By default of many recipes in batches."""
    monkeypatch.setattr(recipe_run, "prove", session.prove)
    monkeypatch.setattr(recipe_run, "time", SimpleNamespace(monotonic=lambda: session.now))
    settings = Settings(processes=8, budget_s=whole_s or budget_s, whole_s=whole_s)
    progress = Progress(lambda what, fraction: None, lambda: session.now)
    budgets = Budgets(alone_s=settings.budget_s)
    run = RecipeRun(session, asked or plan(*MANY), settings, budgets, progress)
    run.begin()
    session.place = lambda: run.place
    run.measure(session.now + whole_s if whole_s else None, proven)
    return run


def test_each_batch_is_measured_before_the_next_is_proven_and_the_counting_workers_go_after_the_first_proofs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, gone = Session(), list[int]()
    measured(monkeypatch, session, proven=lambda: gone.append(len(session.steps)))

    assert [what for what, _ in session.steps] == ["prove", "measure"] * 3
    assert gone[0] == 1
    assert [(place.part, bool(place.groups)) for place in session.places] == [
        (f"batch {number} of 3", measured) for number in (1, 2, 3) for measured in (False, True)
    ]
    assert [name for place in session.places for name in place.groups] == [group.id for group in session.groups]


def test_no_two_groups_have_one_name_and_a_cell_of_several_batches_has_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    measured(monkeypatch, session)
    ids = [group.id for group in session.groups]

    assert len(set(ids)) == len(ids)
    assert [name for name in ids if name.startswith("macro")] == [
        "macro / run / small / bare",
        "macro / run / small / bare / part 2",
        "macro / run / small / bare / part 3",
    ]


def test_all_of_the_budget_is_given_and_what_one_leaves_goes_to_the_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    spent, halved = Session(), Session(used=0.5)
    for session in (spent, halved):
        measured(monkeypatch, session)

    assert sum(spent.budgets) == pytest.approx(60.0)
    assert halved.budgets[0] == pytest.approx(spent.budgets[0])
    assert halved.budgets[-1] == pytest.approx(60.0 - halved.outcome.measuring_s + halved.budgets[-1] / 2)
    assert halved.budgets[-1] > 1.5 * spent.budgets[-1]


@pytest.mark.parametrize(("each_s", "used"), [(3.0, 1.0), (1.0, 1.0), (6.0, 1.0), (3.0, 0.2)])
def test_it_ends_at_the_deadline_at_the_latest_whatever_the_proofs_take(
    monkeypatch: pytest.MonkeyPatch, each_s: float, used: float
) -> None:
    session = Session(each_s, used)
    measured(monkeypatch, session, whole_s=200.0)

    least_s = 30.0 * len(plan(*MANY).variants[:4]) / len(plan(*MANY).variants)  # that sampling has, however late it is
    assert session.now <= 300.0 + least_s
    if used == 1.0:
        assert session.now == pytest.approx(300.0)
    assert all(budget > 0 for budget in session.budgets)
    # the first has not more than its part, although the others have not begun
    assert session.steps[2][1] < 100.0 + 200.0 / 2


def test_where_proofs_leave_nothing_each_batch_is_measured_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(each_s=30.0)
    run = measured(monkeypatch, session, whole_s=100.0)

    assert len(session.budgets) == 3
    assert all(budget > 0 for budget in session.budgets)
    assert {row.remark for row in run.rows if row.cell.kind == "macro"} == {""}


def test_what_does_not_fit_says_so_and_the_rows_stay_in_the_order_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.outcome.seams = counted(run_ns=0.9e9)
    session.outcome.failures["toy/outer-a",] = Failure(verdict="rejected", reason=None, text="")
    run = measured(monkeypatch, session, budget_s=20.0)

    assert [(row.recipes, row.cell) for row in run.rows] == [(row.recipes, row.cell) for row in run.planned]
    said = {row.recipes[0]: row.remark for row in run.rows if row.cell.kind == "macro"}
    assert any("--budget" in remark for remark in said.values())
    assert not any(row.remark.startswith("one call") for row in run.planned)
    assert not any(c.recipes == ("toy/outer-a",) for group in session.groups for c in group.candidates)


@pytest.mark.parametrize("whole_s", [0.0, 40.0])
def test_what_does_not_fit_names_a_command_that_measures_it(monkeypatch: pytest.MonkeyPatch, whole_s: float) -> None:
    session = Session()
    session.outcome.seams = counted(run_ns=1.1e9)
    run = measured(monkeypatch, session, budget_s=30.0, whole_s=whole_s)
    left = [row for row in run.rows if "--budget" in row.remark]

    assert len({row.recipes for row in left}) > 3
    for row in left:
        command = shlex.split(row.remark.partition(": ")[2].partition(", or")[0])
        name = row.recipes[0].rpartition("/")[2]
        assert command[:-1] == ["perfkit", "compare", "toy", "--recipe", name, "--budget"]
        again = Session()
        again.outcome.seams = counted(run_ns=1.3 * 1.1e9)  # as a busy machine may clock it
        alone = set_up(catalog(*(entry for (entry,) in plan(*MANY).variants)), Choice(recipes=(name,)))
        rows = measured(monkeypatch, again, asked=alone, budget_s=float(command[-1].removesuffix("s"))).rows
        assert row.cell in [own.cell for own in rows if not own.remark]
        assert not any("--budget" in own.remark for own in rows)


def test_the_command_for_one_recipe_has_what_else_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = Session()
    session.outcome.seams = counted(run_ns=1.1e9)
    settings = Settings(processes=6, threads=2, pools=2, layout="both", catalogs=(Path("/a b"),))
    asked = replace(plan("inner-0"), workload="all", size="small")
    run = RecipeRun(session, asked, settings, Budgets(alone_s=8.0), Progress(lambda what, fraction: None))
    said = run._by_itself(Row(recipes=("toy/inner-0",), cell=asked.cell("run", "macro")), 0.0)

    assert said.rpartition(" --budget ")[0] == (
        "perfkit compare toy --recipe inner-0 --workload all --size small --layout both --processes 6 --threads 2 "
        "--catalog '/a b'"
    )


def test_of_one_workload_what_replaces_most_of_it_is_measured_where_there_is_no_room_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = Session()
    session.outcome.seams = counted(run_ns=1.5e9)
    run = measured(monkeypatch, session, budget_s=60.0)
    shares = run._shares
    kept = {c.recipes for group in session.groups if group.cell.kind == "macro" for c in group.candidates}
    left = {row.recipes for row in run.rows if row.cell.kind == "macro" and row.remark}

    assert kept
    assert left
    assert min(level(shares[recipes]) for recipes in kept) >= max(level(shares[recipes]) for recipes in left)
