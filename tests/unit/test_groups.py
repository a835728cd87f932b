"""Rows in groups of six, cheap ones first, and what the budget leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.comparison.groups import Fitted, fit, groups_of, more_budget, set_up_s, within_budget, without_long_seams
from perfkit.comparison.plan_line import plan_line
from perfkit.comparison.planned_rows import Row
from perfkit.protocol.counting import Inspected
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from tests.integration.conftest import altered
from tests.messages import seam_count

MS = 1_000_000


def macro(number: int, **changes: Any) -> Row:
    plain = Row(recipes=(f"toy/r{number}",), cell=Cell(target="toy", workload="run", size="small", kind="macro"))
    return altered(plain, **changes)


def test_rows_of_one_baseline_share_groups_of_at_most_six() -> None:
    found = groups_of([macro(i) for i in range(14)], {macro(i): 1.0 * MS for i in range(14)}, 8)

    assert [len(g.candidates) for g in found] == [6, 6, 2]
    assert [c.recipes for g in found for c in g.candidates] == [(f"toy/r{i}",) for i in range(14)]
    assert found[2].roles == ("baseline", "control", "candidate-1", "candidate-2")
    assert len({g.id for g in found}) == 3


def test_what_set_up_takes_is_that_of_so_many_at_once() -> None:
    rows = [macro(1), macro(2, workload="walk")]
    groups = groups_of(rows, dict.fromkeys(rows, 10.0 * MS), 8)
    fitted = Fitted(groups=groups, call_ns=dict.fromkeys([g.id for g in groups], 10.0 * MS), rows=rows)

    alone, two = (set_up_s(fitted, start_s=0.5, at_once=count) for count in (1, 2))

    ends = 2 * 8 * 0.05  # one process after the other
    assert alone - ends == pytest.approx(2 * (two - ends))
    assert two == pytest.approx(4 * 0.5 + 8 * 0.3 + ends + 2 * 4 * 3 * 3 * 0.01)
    apart = [altered(g, layout="processes") for g in groups]
    assert set_up_s(replace(fitted, groups=apart), 0.5, 1) > alone + 8 * 2 * 3 * 0.4


def test_of_calls_that_take_seconds_all_share_one_baseline() -> None:
    rows = [macro(i) for i in range(30)]

    assert [len(g.candidates) for g in groups_of(rows, dict.fromkeys(rows, 1100.0 * MS), 8)] == [24, 6]


def test_the_seams_of_a_workload_that_takes_seconds_are_skipped_where_time_is_short() -> None:
    seam, other = macro(1, kind="micro", seam="inner"), macro(2, kind="micro", seam="inner", workload="walk")
    counted = {"run": 1.5e9, "walk": 0.5e9}
    outcome = Outcome(
        seams={(name, ()): Inspected(call_ns=ns, passes=1, seams={}, stateful=False) for name, ns in counted.items()}
    )
    rows = without_long_seams([seam, other, macro(3), altered(seam, remark="never called")], outcome)

    assert ["skipped: run takes too long" in row.remark for row in rows] == [True, False, False, False]
    assert rows[3].remark == "never called"


def test_what_others_are_held_against_is_in_every_group_of_its_cell() -> None:
    rows = [altered(macro(0), in_each=True), *(macro(i) for i in range(1, 12))]
    found = groups_of(rows, dict.fromkeys(rows, 1.0 * MS), 8)

    assert [[c.recipes[0] for c in g.candidates] for g in found] == [
        ["toy/r0", *(f"toy/r{i}" for i in members)] for members in (range(1, 6), range(6, 11), range(11, 12))
    ]
    assert len({g.id for g in found}) == 3
    assert [c.recipes for g in groups_of(rows[:1], {rows[0]: 1.0}, 8) for c in g.candidates] == [("toy/r0",)]


APART = [
    macro(1),
    macro(2, workload="walk"),
    macro(3, size="full"),
    macro(4, on=("toy/plain",)),
    macro(5, layout="processes"),
    macro(6, kind="micro", seam="outer"),
    macro(7, kind="micro", seam="inner"),
    macro(8, kind="micro", seam="inner", state="cold"),
]


def test_rows_that_differ_in_anything_but_the_recipe_do_not_share_a_group() -> None:
    found = groups_of(APART, dict.fromkeys(APART, 1.0 * MS), 8)

    assert len({g.id for g in found}) == len(found) == len(APART)
    assert [g.cell for g in found] == [row.cell for row in APART]


def test_cheap_groups_come_first_and_rows_with_a_remark_are_left_out() -> None:
    call_ns = {row: (len(APART) - i) * 1.0 * MS for i, row in enumerate(APART)}
    found = groups_of([*APART, macro(9, size="x", remark="macro only")], call_ns, 8)

    assert [g.candidates[0].recipes[0] for g in found] == [f"toy/r{i}" for i in range(8, 0, -1)]


@pytest.mark.parametrize(
    ("call_ns", "asked", "given"), [(49 * MS, 8, 8), (51 * MS, 8, 5), (51 * MS, 3, 3), (1, 12, 12)]
)
def test_slow_calls_get_five_processes(call_ns: float, asked: int, given: int) -> None:
    (group,) = groups_of([macro(1)], {macro(1): call_ns}, asked)

    assert group.processes == given


def test_slow_groups_whose_first_round_does_not_fit_are_left_out_with_what_they_need() -> None:
    rows = [macro(i, size=f"s{i}") for i in range(4)]
    times = dict(zip(rows, (0.04e9, 0.2e9, 0.4e9, 0.5e9), strict=True))
    found = groups_of(rows, times, 8)
    call_ns = {g.id: times[rows[i]] for i, g in enumerate(found)}
    # three roles in five processes: 3 s, 6 s and 7.5 s; the first is not slow and is not weighed
    kept, dropped = within_budget(found, call_ns, 10.0)

    assert [g.cell.size for g in kept] == ["s0", "s1", "s2"]
    assert [(g.cell.size, need) for g, need in dropped] == [("s3", pytest.approx(7.5))]
    assert within_budget(found, call_ns, 2.9)[0] == found[:1]
    assert within_budget(found, call_ns, 16.6) == (found, [])


def test_what_is_known_of_candidates_counts_instead_of_the_baseline() -> None:
    (group,) = groups_of([macro(1), macro(2)], {macro(1): 1000.0 * MS, macro(2): 1000.0 * MS}, 8)
    call_ns, known_ns = {group.id: 1000.0 * MS}, {("run", ("toy/r1",)): 200.0 * MS}

    assert within_budget([group], call_ns, 0.0, known_ns)[1] == [(group, pytest.approx(5 * (2 + 0.2 + 1)))]
    assert within_budget([group], call_ns, 16.5, known_ns)[0] == [group]
    (kept,), ((dropped, need_s),) = within_budget([group], call_ns, 16.5)
    assert (kept.candidates, dropped.candidates) == (group.candidates[:1], group.candidates[1:])
    assert need_s == pytest.approx(5 * 4)
    assert within_budget([group], call_ns, 14.9)[0] == []


def test_a_seam_alone_is_not_weighed_by_its_whole_workload() -> None:
    row = macro(1, kind="micro", seam="inner")
    (group,) = groups_of([row], {row: 100.0 * MS}, 8)

    kept, dropped = within_budget([group], {group.id: 100.0 * MS}, 1.6, {("run", ("toy/r1",)): 5000.0 * MS})
    assert (kept, dropped) == ([group], [])


def test_a_stack_fits_whole_or_not_at_all() -> None:
    row = Row(recipes=("toy/a", "toy/b"), cell=replace(macro(1).cell, kind="stack"))
    (group,) = groups_of(
        [row, replace(row, recipes=("toy/a",))], {row: 1000.0 * MS, replace(row, recipes=("toy/a",)): 1.0}, 5
    )

    assert len(group.candidates) == 2
    assert within_budget([group], {group.id: 1000.0 * MS}, 16.5) == ([], [(group, pytest.approx(20.0))])


def test_the_plan_says_how_many_rounds_of_a_slow_call_fit() -> None:
    fast, slow = groups_of([macro(1), macro(2, size="full")], {macro(1): 1.0, macro(2, size="full"): 0.2e9}, 8)
    line = plan_line([fast, slow], {fast.id: 1.0, slow.id: 0.2e9}, 30.0)

    assert line.startswith("2 measurements in 8 fresh processes; at most 30 s of sampling")
    assert f"{slow.id}: 200 ms a call, about 5 rounds in each of 5" in line
    assert fast.id not in line
    assert plan_line([fast], {fast.id: 1.0}, 15.0) == "1 measurement in 8 fresh processes; at most 15 s of sampling"


def asked_s(remarks: Iterable[str]) -> set[int]:
    return {int(found[1]) for text in remarks for found in re.finditer(r"--budget (\d+)s", text)}


@pytest.mark.parametrize("points", [1, 3])
def test_the_budget_that_a_row_asks_for_is_one_in_which_it_is_measured(points: int) -> None:
    rows = [*(macro(i) for i in range(8)), *(macro(i, workload="walk") for i in range(3)), macro(9, recipes=())]
    rows += [macro(i, kind="micro", seam="inner") for i in range(2)]
    seen = {"run": 1.1e9, "walk": 0.7e9}
    seams = {
        (name, ()): Inspected(call_ns=ns, passes=1, seams={"inner": seam_count(inclusive=0.1)})
        for name, ns in seen.items()
    }
    seams["run", ("toy/r3",)] = Inspected(call_ns=9e9, passes=1, seams={})  # slower than its baseline by far
    outcome = Outcome(seams=seams)

    def fitted(budget_s: float) -> list[str]:
        settings = Settings(processes=8, budget_s=budget_s / points)
        return [row.remark for row in fit(rows, outcome, settings, more_budget(points)).rows]

    short = fitted(20.0)
    (enough_s,) = asked_s(short)

    assert sum(map(bool, short)) > 5
    assert not any(fitted(enough_s))
    assert any(fitted(enough_s / 1.6))  # half as much again is spare


def test_a_baseline_by_itself_that_does_not_fit_says_so_too() -> None:
    row = macro(0, recipes=())
    outcome = Outcome(seams={("run", ()): Inspected(call_ns=2e9, passes=1, seams={})})
    (said,) = fit([row], outcome, Settings(budget_s=5.0)).rows

    assert said.remark == "one call takes 2.00 s: needs --budget 30s, or a smaller --size"
