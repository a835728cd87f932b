"""What becomes of each row: figures where it was measured, else why there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.comparison.groups import groups_of
from perfkit.comparison.judge import Judge
from perfkit.comparison.planned_rows import Row
from perfkit.comparison.stack import as_measured
from perfkit.comparison.table_figures import with_sums_of
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
    outcome.failures[plain.key] = Failure(verdict="rejected", reason="x", text="different")
    outcome.not_exercised[table.place] = "run never calls what it replaces"

    wrong, idle = judged(outcome, rows())

    assert (wrong.verdict, wrong.reason, wrong.note, wrong.proof.passed) == ("rejected", "x", "different", False)
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


def stacked() -> tuple[list[Row], list[Row]]:
    """The rows of a stack of two, and what is measured of them: the rest of `plain` takes as long as `table`."""
    whole = Row(recipes=("toy/plain", "toy/table"), cell=replace(rows()[0].cell, kind="stack"))
    part = Row(recipes=("toy/plain",), cell=replace(whole.cell, on=("toy/table",)))
    return [whole, part], as_measured([whole, part])


def test_a_part_of_a_stack_is_the_whole_against_the_whole_without_it() -> None:
    shown, taken = stacked()
    whole, part = judged(measured(taken), shown)

    assert (whole.verdict, part.verdict) == ("faster", "faster")
    assert part.speedup is not None
    assert part.speedup.point == pytest.approx(4.0, rel=0.01)
    assert (part.baseline_ns, part.candidate_ns) == (pytest.approx(200_000, rel=0.01), pytest.approx(50_000, rel=0.01))
    assert part.sums == pytest.approx(4.0, rel=0.01)
    assert (part.recipes, part.cell.on) == (("toy/plain",), ("toy/table",))


def test_a_part_says_nothing_where_the_stack_without_it_is_wrong_or_was_not_measured() -> None:
    shown, taken = stacked()
    wrong, refused = measured(taken), measured(taken)
    wrong.failures["toy/table",] = Failure(verdict="rejected", reason="x", text="a different value")
    refused.failures[shown[1].key] = Failure(verdict="rejected", reason="x", text="a value of its own")

    assert (found := judged(wrong, shown)[1]).verdict == "unavailable"
    assert found.note == "the stack without it is rejected: a different value"
    assert (found := judged(refused, shown)[1]).verdict == "rejected"
    assert judged(measured(taken[:1]), shown)[1].verdict == "unavailable"


def test_a_part_says_nothing_where_the_stack_turns_out_to_be_wrong_in_the_timed_calls() -> None:
    shown, taken = stacked()
    wrong = measured(taken)
    wrong.failures[taken[0].recipes] = Failure(verdict="rejected", reason="x", text="another value")

    whole, part = judged(wrong, shown)

    assert (whole.verdict, part.verdict) == ("rejected", "unavailable")
    assert "the stack as a whole is not right" in part.note


def test_the_whole_has_the_figures_of_the_group_that_most_processes_have_sampled() -> None:
    shown, taken = stacked()
    outcome = measured(taken)
    (group,) = outcome.groups.values()
    later = replace(group.group, id="part 2")
    outcome.groups["part 2"] = GroupOutcome(group=later, samples=[s for s in group.samples if s.process < 3])

    assert judged(outcome, shown)[0].processes == 8
    outcome.groups["part 2"].samples = group.samples
    assert judged(outcome, shown)[0].group == "part 2"


PAIR = (("toy/plain", "toy/table"),)


def instead(outcome: Outcome, pairs: tuple[tuple[str, str], ...] = PAIR, of: list[Row] | None = None) -> list[Result]:
    of = of or rows()
    entries = {e.recipe.full_id: e for e in (PLAIN, TABLE)}
    judge = Judge(target=target(), entries=entries, outcome=outcome, margin=0.01)
    return list(judge.alternatives(of, judge.results(of), pairs))


def test_an_alternative_is_held_against_the_other_ones_samples() -> None:
    (row,) = instead(measured(rows()))
    (back,) = instead(measured(rows()), (("toy/table", "toy/plain"),))

    assert (row.recipes, row.instead_of, row.verdict) == (("toy/table",), ("toy/plain",), "slower")
    assert row.speedup is not None
    assert row.speedup.point == pytest.approx(0.25, rel=0.01)
    assert (row.baseline_ns, row.candidate_ns) == (pytest.approx(50_000, rel=0.01), pytest.approx(200_000, rel=0.01))
    assert (row.claim, row.share, row.amdahl) == (None, None, None)
    assert (back.recipes, back.instead_of, back.verdict) == (("toy/plain",), ("toy/table",), "faster")


def test_there_is_no_row_where_one_of_the_two_has_no_figures() -> None:
    outcome, (plain, _) = measured(rows()), rows()
    outcome.failures[plain.key] = Failure(verdict="rejected", reason="x", text="a different value")
    elsewhere = measured(rows()[:1], rows("processes")[1:])

    assert instead(outcome) == []
    assert instead(elsewhere, of=[rows()[0], rows("processes")[1]]) == []


def test_sums_that_say_the_opposite_leave_it_undecided() -> None:
    (row,) = instead(measured(rows(), took_ns={**ROLES, "candidate-2": 40_000}))
    before, after = (replace(row, sums=sums) for sums in (2.0, 1.5))

    assert row.verdict == "faster"
    assert with_sums_of(row, after, before).verdict == "faster"
    undecided = with_sums_of(row, before, after)
    assert (undecided.verdict, undecided.sums) == ("undecided", 0.75)
    assert "by the sum of all samples 0.750x" in undecided.note
