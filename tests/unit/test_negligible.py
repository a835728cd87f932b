"""Rows in which a recipe cannot gain the margin are measured briefly, and in a first look not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.comparison.groups import groups_of, stretched
from perfkit.comparison.negligible import made_brief
from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row
from perfkit.protocol.counting import Inspected
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from tests.messages import seam_count
from tests.unit.test_plan import ask, rows

ALONE, ON_STACK = ("walk", ()), ("walk", ("toy/plain",))


def counted(alone: float, on_stack: float, **seen: Any) -> Outcome:
    """Of a recipe that replaces such shares of a call of 40 ms."""
    shares = {ALONE: alone, ON_STACK: on_stack}
    return Outcome(
        seams={
            place: Inspected(call_ns=4e7, passes=1, seams={"outer": seam_count(**{"inclusive": share, **seen})})
            for place, share in shares.items()
        }
    )


def made(
    alone: float, on_stack: float, *, margin: float = 0.01, plan: Plan | None = None, planned: Any = None, **seen: Any
) -> dict[tuple[str, ...], Row]:
    """The rows of whole workloads, by the recipes that they stand on."""
    plan = plan or ask("claimed")
    planned = rows(plan) if planned is None else planned
    found = made_brief(planned, plan, counted(alone, on_stack, **seen), margin)
    assert [row for row in found if row.cell.kind == "micro"] == [row for row in planned if row.cell.kind == "micro"]
    return {row.cell.on: row for row in found if row.cell.kind == "macro"}


def test_where_it_cannot_gain_the_margin_a_row_is_brief_and_says_so() -> None:
    found = made(0.004, 0.2)

    assert found[()].brief
    assert found[()].note == (
        "alone, 5 processes with one round each: by Amdahl's law it could gain less than 1.0 % there"
    )
    assert not found["toy/plain",].brief
    assert not any(row.remark for row in found.values())


def test_in_a_first_look_it_is_not_measured() -> None:
    found = made(0.004, 0.2, plan=replace(ask("claimed"), quick=True))

    assert found[()].remark.startswith("alone, skipped in a first look: ")
    assert not found["toy/plain",].remark


@pytest.mark.parametrize("changed", [{"memory": True}, {"alternatives": (("toy/claimed", "toy/other"),)}])
def test_what_is_also_wanted_for_something_else_is_measured_in_a_first_look_too(changed: dict[str, Any]) -> None:
    found = made(0.004, 0.2, plan=replace(ask("claimed"), quick=True, **changed))

    assert found[()].brief
    assert not found[()].remark


@pytest.mark.parametrize(
    ("alone", "on_stack"),
    [
        (0.02, 0.2),  # it may gain more than the margin
        (0.008, 0.2),  # another run may clock more
        (0.0, 0.2),  # it is not called at all, which its row says
        (0.004, 0.006),  # neither can gain: then one is as good as the other
        (0.2, 0.004),  # what the claim was made on is measured, whatever it can gain
        (0.2, 0.2),
    ],
)
def test_all_others_stay(alone: float, on_stack: float) -> None:
    found = made(alone, on_stack)

    assert not any(row.brief or row.remark or row.note for row in found.values())


def test_the_margin_is_the_users() -> None:
    assert not made(0.004, 0.2, margin=0.005)[()].brief
    assert made(0.03, 0.2, margin=0.05)[()].brief


def test_of_what_works_beside_the_others_no_share_is_known() -> None:
    assert not made(0.004, 0.2, concurrent=True)[()].brief


def test_what_is_not_measured_on_its_claims_stack_is_measured_alone() -> None:
    plan = ask("claimed")
    lacking = [replace(row, remark="unavailable") if row.cell.on else row for row in rows(plan)]

    assert not made(0.004, 0.2, planned=lacking)[()].brief


def test_a_brief_row_has_the_fewest_processes_and_next_to_no_budget() -> None:
    plan, outcome = ask("claimed"), counted(0.004, 0.2)
    whole = [row for row in made_brief(rows(plan), plan, outcome, 0.01) if row.cell.kind == "macro"]
    by_stack = {group.cell.on: group for group in groups_of(whole, dict.fromkeys(whole, 4e7), 8)}

    assert (by_stack[()].processes, by_stack["toy/plain",].processes) == (5, 8)
    assert by_stack[()].weight < by_stack["toy/plain",].weight / 100
    settings = Settings(stretch_s=120.0, budget_s=4.0)
    plainly = stretched([replace(row, brief=False) for row in whole], outcome, settings)
    assert stretched(whole, outcome, settings).budget_s < plainly.budget_s  # no second round is wanted of it
