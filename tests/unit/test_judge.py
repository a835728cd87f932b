"""What becomes of each row: figures where it was measured, else why there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.comparison.groups import groups_of
from perfkit.comparison.judge import Judge
from perfkit.comparison.rows import Row
from perfkit.result import Result, Sample
from perfkit.schedule import BASELINE, CONTROL
from perfkit.session.outcome import ExtremesTried, Failure, GroupOutcome, Outcome, ProofTally
from tests.unit.test_plan import PLAIN, TABLE, ask, target

ROLES = {BASELINE: 100_000, CONTROL: 100_000, "candidate-1": 50_000, "candidate-2": 200_000}


def rows(layout: str = "in-process", **changed: Any) -> list[Row]:
    """One row for each of two recipes, on the same cell."""
    plan = ask("plain")
    cell = replace(plan.cell("run", "macro"), layout=layout)
    return [Row(recipes=(name,), cell=cell, **changed) for name in ("toy/plain", "toy/table")]


def measured(*of: list[Row], took_ns: dict[str, int] = ROLES) -> Outcome:
    """An outcome in which all these rows were measured, and every proof was passed."""
    outcome = Outcome()
    for each in of:
        (group,) = groups_of(each, dict.fromkeys(each, 1.0), 8)
        samples = [
            Sample(
                group=group.id, role=role, process=process, round=number, position=0, loops=1,
                elapsed_ns=took_ns[role] + 7 * process + number,
            )
            for role in group.roles for process in range(8) for number in range(20)
        ]  # fmt: skip
        outcome.groups[group.id] = GroupOutcome(group=group, samples=samples)
        for row in each:
            outcome.proofs[row.key] = ProofTally(passed=True, checked_calls=4)
    return outcome


def judged(outcome: Outcome, *of: list[Row]) -> list[Result]:
    entries = {e.recipe.full_id: e for e in (PLAIN, TABLE)}
    judge = Judge(target=target(), entries=entries, outcome=outcome, margin=0.01)
    return list(judge.results([row for each in of for row in each]))


def test_each_row_has_the_figures_of_its_own_candidate() -> None:
    plain, table = judged(measured(rows()), rows())

    assert (plain.role, plain.verdict) == ("candidate-1", "faster")
    assert (table.role, table.verdict) == ("candidate-2", "slower")
    assert plain.speedup is not None
    assert plain.speedup.point == pytest.approx(2.0, rel=0.01)
    assert plain.id == "toy/plain/macro / run / small / bare"
    assert (plain.processes, plain.rounds) == (8, 160)


def test_a_row_of_another_cell_has_none() -> None:
    here, there = rows(), rows("processes", remark="never")
    results = judged(measured(here), here, there)

    assert [r.verdict for r in results] == ["faster", "slower", "unavailable", "unavailable"]
    assert [(r.group, r.speedup, r.note) for r in results[2:]] == [("", None, "never")] * 2


def test_a_failure_and_what_is_never_called_come_before_figures() -> None:
    outcome, (plain, table) = measured(rows()), rows()
    outcome.failures[plain.key] = Failure(verdict="rejected", reason="x", text="another value")
    outcome.not_exercised[table.place] = "run never calls what it replaces"

    wrong, idle = judged(outcome, rows())

    assert (wrong.verdict, wrong.reason, wrong.note, wrong.proof.passed) == ("rejected", "x", "another value", False)
    assert (idle.verdict, idle.note, idle.speedup) == ("not-exercised", "run never calls what it replaces", None)


def test_the_two_layouts_of_a_row_carry_one_verdict() -> None:
    inside, apart = rows(), rows("processes")
    outcome = measured(inside, apart)
    last = [*outcome.groups.values()][-1]
    last.samples = [
        replace(s, elapsed_ns=s.elapsed_ns * 4) if s.role == "candidate-1" else s for s in last.samples
    ]  # twice as slow as the baseline there

    plain, _, plain_apart, _ = judged(outcome, inside, apart)

    assert plain.verdict == plain_apart.verdict == "layout-dependent"


def test_what_extremes_showed_belongs_to_the_workload_and_not_to_a_seam() -> None:
    macro, outcome = rows()[0], measured(rows())
    micro = replace(macro, cell=replace(macro.cell, kind="micro", seam="inner"))
    outcome.extremes[macro.place] = ExtremesTried(of=3, count=2)

    whole, alone = judged(outcome, [macro, micro])

    assert whole.proof.extremes == (2, 3)
    assert alone.proof.extremes is None
