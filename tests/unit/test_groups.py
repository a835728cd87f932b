"""Rows in groups of six, cheap ones first, and what the budget leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.comparison.groups import groups_of, within_budget
from perfkit.comparison.plan_line import plan_line
from perfkit.comparison.rows import Row
from tests.integration.conftest import altered

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


def test_the_plan_says_how_many_rounds_of_a_slow_call_fit() -> None:
    fast, slow = groups_of([macro(1), macro(2, size="full")], {macro(1): 1.0, macro(2, size="full"): 0.2e9}, 8)
    line = plan_line([fast, slow], {fast.id: 1.0, slow.id: 0.2e9}, 30.0)

    assert line.startswith("2 measurements in 8 fresh processes; at most 30 s of sampling")
    assert f"{slow.id}: 200 ms a call, about 5 rounds in each of 5" in line
    assert fast.id not in line
    assert plan_line([fast], {fast.id: 1.0}, 15.0) == "1 measurement in 8 fresh processes; at most 15 s of sampling"
