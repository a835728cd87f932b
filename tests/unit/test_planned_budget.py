"""A budget that nobody set grows for slow calls, and only for those."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit.comparison.groups import stretched as with_more
from perfkit.protocol.counting import Inspected
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from tests.messages import seam_count
from tests.unit.test_plan import ask, rows


def stretched(call_s: float, **settings: Any) -> float:
    plan = ask("plain")
    seams = dict.fromkeys(plan.target.seams, seam_count(inclusive=0.001, error=0.0))
    seen = Inspected(call_ns=call_s * 1e9, passes=1, seams=seams)
    outcome = Outcome(seams={("run", ()): seen})
    return with_more(rows(plan), outcome, Settings(processes=5, **settings)).budget_s


def test_slow_calls_get_their_first_rounds() -> None:
    assert stretched(0.9, stretch_s=120.0) == pytest.approx(1.5 * 3 * 5 * 0.9)  # three roles in five processes


def test_a_group_gets_a_second_round_where_twice_the_budget_has_room_for_it() -> None:
    """Micro and macro, of one weight and three; a call of 40 ms has another before it that is thrown away."""
    second_s = 2 * (3 * 2 * 0.04) * (5 * 1 + 5 * 3) / 3

    assert stretched(0.04, stretch_s=120.0, budget_s=second_s - 1) == pytest.approx(second_s)
    assert stretched(0.04, stretch_s=120.0, budget_s=second_s / 3) == pytest.approx(second_s * 2 / 3)
    assert stretched(0.04, stretch_s=120.0, budget_s=second_s + 1) == second_s + 1
    assert stretched(0.04, budget_s=second_s - 1) == second_s - 1


def test_it_has_an_end() -> None:
    assert stretched(60.0, stretch_s=120.0) == 120.0


def test_what_is_not_slow_or_was_set_stays_as_it_is() -> None:
    assert stretched(0.001, stretch_s=120.0) == Settings().budget_s
    assert stretched(0.9) == Settings().budget_s
