"""A ratio that moves within a process."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfkit.stats.trend import Trend, trend_of
from perfkit.stats.verdict import Decision, with_trend

PROCESSES, ROUNDS = 8, 30
PROCESS = np.repeat(np.arange(PROCESSES), ROUNDS)


def moving(first: float, last: float, seed: int = 0, noise: float = 0.01) -> Trend:
    """A speed-up that goes from `first` to `last` in every process."""
    rng = np.random.default_rng(seed)
    path = np.tile(np.linspace(math.log(first), math.log(last), ROUNDS), PROCESSES)
    found = trend_of(PROCESS, path + noise * rng.standard_normal(path.size))
    assert found is not None
    return found


def still(seed: int, noise: float = 0.01) -> Trend:
    return moving(1, 1, seed, noise)


@pytest.mark.parametrize(("first", "last", "turns"), [(1.7, 0.8, True), (2.5, 8.0, False), (0.9, 1.2, True)])
def test_a_candidate_that_moves_is_found_with_both_ends(first: float, last: float, turns: bool) -> None:
    trend = moving(first, last)

    assert trend.beyond(still(1))
    assert trend.turns is turns
    assert math.exp(trend.first) == pytest.approx(first, rel=0.2)
    assert math.exp(trend.last) == pytest.approx(last, rel=0.2)
    assert (trend.last > trend.first) == (last > first)


def test_noise_hardly_ever_looks_like_a_move() -> None:
    assert sum(still(seed, noise=0.1).beyond(still(1000 + seed, noise=0.1)) for seed in range(200)) <= 4


def test_a_move_too_small_to_matter_is_none() -> None:
    assert not moving(1.10, 1.11, noise=0.0001).beyond(None)


def test_what_the_control_does_too_is_the_machines() -> None:
    assert moving(1.0, 1.2).beyond(still(1))
    assert not moving(1.0, 1.2).beyond(moving(1.0, 1.3, seed=1))


@pytest.mark.parametrize("rounds", [1, 2])
def test_too_few_rounds_show_no_move(rounds: int) -> None:
    assert trend_of(np.repeat(np.arange(8), rounds), np.zeros(8 * rounds)) is None
    assert trend_of(np.repeat(np.arange(1), 9), np.zeros(9)) is None


def test_three_rounds_are_first_and_last() -> None:
    trend = trend_of(np.repeat(np.arange(2), 3), np.array([0.0, 5.0, 1.0] * 2))

    assert trend is not None
    assert (trend.first, trend.last) == (0.0, 1.0)


@pytest.mark.parametrize("verdict", ["faster", "slower", "equivalent"])
def test_a_verdict_on_what_changes_sides_is_none(verdict: str) -> None:
    decision = with_trend(Decision(verdict=verdict), moving(1.7, 0.8))

    assert decision.verdict == "undecided"
    assert "x at first, " in decision.note
    assert "x at last in a process" in decision.note


def test_a_gain_that_grows_stays_a_gain_and_says_so() -> None:
    decision = with_trend(Decision(verdict="faster", note="as it was"), moving(2.5, 8.0))

    assert decision.verdict == "faster"
    assert decision.note.startswith("as it was; 2.")


def test_without_a_move_nothing_is_said() -> None:
    assert with_trend(Decision(verdict="faster"), None) == Decision(verdict="faster")
