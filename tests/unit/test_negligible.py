"""A workload that stays within the margin whatever a recipe gains is not measured, and that is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.comparison.negligible import without_negligible
from perfkit.comparison.planned_rows import Row
from perfkit.protocol.counting import Inspected
from perfkit.session.outcome import Outcome
from tests.messages import seam_count
from tests.unit.test_plan import CLAIMED, PLAIN, ask, rows

ALONE, ON_STACK = ("walk", ()), ("walk", ("toy/plain",))


def left(
    alone: float, on_stack: float, *, margin: float = 0.01, layouts: tuple[str, ...] = ("in-process",), **seen: Any
) -> list[Row]:
    """Rows of whole workloads that are left, where a recipe replaces such shares of a call."""
    plan = ask("claimed")
    shares = {ALONE: alone, ON_STACK: on_stack}
    seams = {
        place: Inspected(
            call_ns=9.0, passes=1, seams={"outer": seam_count(**{"inclusive": share, "error": 0.0, **seen})}
        )
        for place, share in shares.items()
    }
    recipes = {entry.recipe.full_id: entry.recipe for entry in (CLAIMED, PLAIN)}
    kept = without_negligible(rows(plan, layouts), Outcome(seams=seams), recipes, plan.target.seams, margin)
    assert [row for row in kept if row.cell.kind == "micro"] == [row for row in rows(plan) if row.cell.kind == "micro"]
    return [row for row in kept if row.cell.kind == "macro"]


def test_what_cannot_leave_the_margin_is_left_out_and_the_row_beside_says_so() -> None:
    (row,) = left(0.004, 0.2)

    assert row.cell.on == ("toy/plain",)
    assert not row.remark
    assert row.note == (
        "alone it replaces 0.40 % of the time, too little to leave the margin of 1.0 % (Amdahl): not measured; "
        "--margin 0.004 measures that too"
    )


def test_on_a_stack_it_may_be_less_than_alone() -> None:
    (row,) = left(0.2, 0.004)

    assert row.cell.on == ()
    assert row.note.startswith("with plain it replaces 0.40 % of the time")


@pytest.mark.parametrize(
    ("alone", "on_stack"),
    [
        (0.02, 0.2),  # it may gain more than the margin
        (0.004, 0.004),  # no row shows more
        (0.008, 0.2),  # another run may clock more
        (0.0, 0.2),  # it is not called at all, which its row says
        (0.2, 0.2),
    ],
)
def test_all_others_stay(alone: float, on_stack: float) -> None:
    kept = left(alone, on_stack)

    assert [row.cell.on for row in kept] == [("toy/plain",), ()]
    assert not any(row.note for row in kept)


def test_the_margin_is_the_users() -> None:
    assert len(left(0.004, 0.2, margin=0.004)) == 2  # as the note suggests
    assert len(left(0.03, 0.2, margin=0.05)) == 1


def test_of_what_works_beside_the_others_no_share_is_known() -> None:
    assert len(left(0.004, 0.2, concurrent=True)) == 2


def test_both_layouts_go_together() -> None:
    kept = left(0.004, 0.2, layouts=("in-process", "processes"))

    assert [(row.cell.on, row.cell.layout) for row in kept] == [
        (("toy/plain",), "in-process"),
        (("toy/plain",), "processes"),
    ]
    assert [bool(row.note) for row in kept] == [True, False]


def test_what_is_not_measured_anyway_is_no_reason() -> None:
    plan = ask("claimed")
    lacking = [replace(row, remark="unavailable") if row.cell.on else row for row in rows(plan)]
    seams = {
        place: Inspected(call_ns=9.0, passes=1, seams={"outer": seam_count(inclusive=share, error=0.0)})
        for place, share in ((ALONE, 0.004), (ON_STACK, 0.2))
    }
    recipes = {entry.recipe.full_id: entry.recipe for entry in (CLAIMED, PLAIN)}

    assert without_negligible(lacking, Outcome(seams=seams), recipes, plan.target.seams, 0.01) == lacking
