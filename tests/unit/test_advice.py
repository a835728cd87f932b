"""What is said to halve an interval does: as algebra for any two parts of the variance, and in simulated runs."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from perfkit.settings import Settings
from perfkit.stats.advice import MOST_PROCESSES, Remedy, halving, variance_parts
from perfkit.stats.estimate import median_standard_error, ratio_interval, student_quantile
from perfkit.stats.verdict import MIN_PROCESSES

PARTS = st.floats(1e-5, 1.0)
SETTINGS = Settings()
FEWER = 1 if os.environ.get("PERFKIT_TRIALS") == "all" else 3  # than `make long` has


def half_width(variance: float, processes: int) -> float:
    return student_quantile(0.95, processes) * math.sqrt(variance / processes)


@given(PARTS, PARTS, st.integers(2, MOST_PROCESSES), st.integers(1, 200), st.booleans(), st.booleans())
def test_a_remedy_halves_the_interval(
    between: float, within: float, processes: int, rounds: int, out_of_time: bool, more: bool
) -> None:
    remedy = halving(
        (between, within), point=0.0, processes=processes, rounds=rounds, out_of_time=out_of_time, more_processes=more
    )
    if remedy is None:
        return
    before = half_width(between + within, processes)
    if remedy.processes == processes:  # more rounds in each
        assert out_of_time
        assert rounds * remedy.budget_times <= SETTINGS.max_rounds
        after = half_width(between + within / remedy.budget_times, processes)
        assert after == pytest.approx(before / 2)
        assert within / remedy.budget_times > SETTINGS.precision**2  # it does not stop before
    else:
        assert more
        assert MIN_PROCESSES <= remedy.processes <= MOST_PROCESSES
        assert remedy.budget_times == remedy.processes / processes  # as many rounds in each as before
        assert half_width(between + within, remedy.processes) <= before / 2
    assert remedy.budget_times <= 8


@pytest.mark.parametrize(
    ("variance", "fields", "remedy"),
    [
        pytest.param((0.0, 1e-4), {}, Remedy(processes=8, budget_times=4.0), id="rounds are few"),
        pytest.param((1e-4, 1e-6), {}, Remedy(processes=25, budget_times=25 / 8), id="processes differ"),
        pytest.param((2e-5, 1e-4), {}, Remedy(processes=25, budget_times=25 / 8), id="both: rounds would take long"),
        pytest.param((0.0, 1e-4), {"out_of_time": False}, Remedy(processes=25, budget_times=25 / 8), id="not the time"),
        pytest.param((0.0, 1e-4), {"rounds": 300}, Remedy(processes=25, budget_times=25 / 8), id="no more rounds"),
        pytest.param((0.0, 3e-6), {}, Remedy(processes=25, budget_times=25 / 8), id="as precise as it gets"),
        pytest.param((0.0, 1e-4), {"point": 3.0}, Remedy(processes=25, budget_times=25 / 8), id="precise for its size"),
        pytest.param(None, {}, Remedy(processes=25, budget_times=25 / 8), id="parts not known"),
        pytest.param((1e-4, 1e-6), {"more_processes": False}, None, id="nothing helps"),
        pytest.param((1e-4, 0.0), {"processes": 40}, None, id="more processes than there may be"),
        pytest.param((1e-4, 0.0), {"processes": 2}, Remedy(processes=5, budget_times=2.5), id="enough for a verdict"),
    ],
)
def test_the_remedy_is_the_one_that_is_true(
    variance: tuple[float, float] | None, fields: dict[str, object], remedy: Remedy | None
) -> None:
    known: dict[str, object] = {"point": 0.0, "processes": 8, "rounds": 20, "out_of_time": True}

    assert halving(variance, **{**known, **fields}) == remedy  # type: ignore[arg-type]


def runs(between: float, within: float, processes: int, rounds: int, number: int, seed: int) -> Iterator[list[NDArray]]:  # type: ignore[type-arg]
    """Log-ratios of each process; `within` is the variance of a median of 20 rounds."""
    rng = np.random.default_rng(seed)
    noise = math.sqrt(within * 20 * 2 / math.pi)
    for _ in range(number):
        luck = math.sqrt(between) * rng.standard_normal((processes, 1))
        yield list(luck + noise * rng.standard_normal((processes, rounds)))


def reach(ratios: list[NDArray]) -> float:  # type: ignore[type-arg]
    interval = ratio_interval(np.array([np.median(own) for own in ratios]), 0.95)
    return (interval.high - interval.low) / 2


@pytest.mark.parametrize("between", [0.0, 0.05, 0.3, 1.0, 20.0])
def test_following_the_advice_about_halves_the_interval(between: float) -> None:
    """Each run is advised by its own estimate of the two parts, however rough, and is repeated as it says."""
    before, after = [], []
    for seed, ratios in enumerate(runs(between, 1.0, 8, 20, 300 // FEWER, seed=1)):
        remedy = halving(variance_parts(ratios), point=0.0, processes=8, rounds=20, out_of_time=True)
        assert remedy is not None
        before.append(reach(ratios))
        rounds = round(20 * remedy.budget_times * 8 / remedy.processes)
        after += [reach(again) for again in runs(between, 1.0, remedy.processes, rounds, 1, seed)]

    assert 0.4 < np.mean(after) / np.mean(before) < 0.6


@pytest.mark.parametrize(("between", "within", "rounds"), [(0.0, 1.0, 20), (4.0, 1.0, 20), (1.0, 4.0, 9)])
def test_the_two_parts_are_told_apart(between: float, within: float, rounds: int) -> None:
    parts = np.array([variance_parts(ratios) for ratios in runs(between, within, 40, rounds, 200 // FEWER, seed=2)])

    mean_between, mean_within = parts.mean(axis=0)
    true_within = within * 20 / rounds
    assert mean_within == pytest.approx(true_within, rel=0.2)
    assert mean_between == pytest.approx(between, abs=0.35 * (between + true_within) / math.sqrt(2))


@pytest.mark.parametrize("rounds", [2, 3, 4, 30])
def test_few_rounds_tell_what_they_can(rounds: int) -> None:
    """The variance of a median of so many rounds, in simulation and as it is estimated."""
    values = np.random.default_rng(3).standard_normal((20_000, rounds))
    true = float(np.var(np.median(values, axis=1)))
    said = variance_parts(list(values[:4000]))

    assert said is not None
    assert said[1] == pytest.approx(true, rel=0.45 if rounds == 4 else 0.15)  # a MAD of four is a rough one


def test_it_is_the_standard_error_that_the_stopping_rule_looks_at() -> None:
    ratios = np.random.default_rng(4).standard_normal((2, 50))
    parts = variance_parts(list(ratios))

    assert parts is not None
    assert parts[1] == pytest.approx(np.mean([median_standard_error(own.tolist()) ** 2 for own in ratios]))


def test_a_single_round_or_process_says_nothing_of_its_parts() -> None:
    one, two = np.ones(1), np.array([1.0, 2.0])

    assert variance_parts([two]) is None
    assert variance_parts([two, one]) is None
    assert variance_parts([two, two]) == (0.0, 0.25)
