"""A budget that nobody set grows for slow calls, and only for those."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit.comparison.groups import stretched as with_more
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from tests.unit.test_plan import ask, rows


def stretched(call_s: float, **settings: Any) -> float:
    plan = ask("plain")
    seam = {"inclusive": 0.001, "calls": 1, "error": 0.0, "concurrent": False}
    seen = {"call_ns": call_s * 1e9, "passes": 1, "seams": dict.fromkeys(plan.target.seams, seam)}
    outcome = Outcome(seams={("run", ()): seen})
    return with_more(rows(plan), outcome, Settings(processes=5, **settings)).budget_s


def test_slow_calls_get_their_first_rounds() -> None:
    assert stretched(0.9, stretch_s=120.0) == pytest.approx(1.5 * 3 * 5 * 0.9)  # three roles in five processes


def test_it_has_an_end() -> None:
    assert stretched(60.0, stretch_s=120.0) == 120.0


def test_what_is_not_slow_or_was_set_stays_as_it_is() -> None:
    assert stretched(0.001, stretch_s=120.0) == Settings().budget_s
    assert stretched(0.9) == Settings().budget_s
