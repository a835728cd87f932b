"""Properties of the estimates, and their coverage by simulation with fixed seeds."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.stats.estimate import (
    Estimate,
    log_ratios,
    median_standard_error,
    noise_floor,
    process_medians,
    ratio_interval,
)

PROPERTY = settings(deadline=None, max_examples=80)
TIMES = st.floats(1e-3, 1e12)
ROUNDS = st.lists(st.tuples(TIMES, TIMES, st.integers(0, 5)), min_size=2, max_size=40)


def estimate(before: np.ndarray, after: np.ndarray, process: np.ndarray, level: float = 0.95) -> Estimate:
    return ratio_interval(process_medians(log_ratios(before, after), process), level)


def columns(rounds: list[tuple[float, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    before, after, process = (np.array(column) for column in zip(*rounds, strict=True))
    process[:2] = 0, 1  # an interval needs two processes
    return before, after, process


def made(low: float, high: float) -> Estimate:
    return Estimate(point=(low + high) / 2, low=low, high=high, level=0.95, processes=8)


@given(ROUNDS)
@PROPERTY
def test_swapping_the_roles_turns_the_estimate_round(rounds: list[tuple[float, float, int]]) -> None:
    before, after, process = columns(rounds)
    forth, back = estimate(before, after, process), estimate(after, before, process)

    assert (back.point, back.low, back.high) == pytest.approx((-forth.point, -forth.high, -forth.low), abs=1e-9)


@given(ROUNDS, st.floats(1e-3, 1e3))
@PROPERTY
def test_a_machine_slower_for_both_changes_nothing(rounds: list[tuple[float, float, int]], factor: float) -> None:
    before, after, process = columns(rounds)
    one, other = estimate(before, after, process), estimate(before * factor, after * factor, process)

    assert (other.point, other.low, other.high) == pytest.approx((one.point, one.low, one.high), abs=1e-7)


@given(ROUNDS, st.randoms(use_true_random=False))
@PROPERTY
def test_the_order_of_rounds_and_the_names_of_processes_change_nothing(
    rounds: list[tuple[float, float, int]], random: Random
) -> None:
    before, after, process = columns(rounds)
    order = np.arange(len(rounds))
    random.shuffle(order)
    one, other = estimate(before, after, process), estimate(before[order], after[order], 90 - process[order])

    assert (other.point, other.low, other.high) == pytest.approx((one.point, one.low, one.high), abs=1e-9)


@given(ROUNDS)
@PROPERTY
def test_more_certainty_needs_a_wider_interval_round_the_same_point(rounds: list[tuple[float, float, int]]) -> None:
    e95, e99 = estimate(*columns(rounds)), estimate(*columns(rounds), level=0.99)

    assert e95.point == e99.point
    assert e99.low <= e95.low <= e95.point <= e95.high <= e99.high
    assert (e95.level, e99.level) == (0.95, 0.99)


def test_before_over_after_above_one_is_faster() -> None:
    ratios = log_ratios(np.array([200.0, 300.0]), np.array([100.0, 100.0]))

    assert np.exp(ratios) == pytest.approx([2.0, 3.0])


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("role", [0, 1])
def test_a_time_that_is_none_is_an_error(bad: float, role: int) -> None:
    times = [np.array([5.0, 5.0]), np.array([5.0, 5.0])]
    times[role][1] = bad

    with pytest.raises(ValueError, match="positive, finite"):
        log_ratios(*times)


@pytest.mark.parametrize(("before", "after"), [([1.0], [1.0, 2.0]), ([], []), ([[1.0]], [[1.0]])])
def test_times_that_cannot_be_paired_are_an_error(before: list[float], after: list[float]) -> None:
    with pytest.raises(ValueError, match="equally long"):
        log_ratios(np.array(before), np.array(after))


def test_each_process_gives_its_median() -> None:
    ratios, process = np.array([1.0, 9.0, 2.0, 4.0, 6.0, 3.0]), np.array([7, 2, 7, 2, 2, 7])

    assert process_medians(ratios, process).tolist() == [6.0, 2.0]


def test_one_disturbed_round_moves_its_process_little() -> None:
    quiet, process = np.linspace(0.09, 0.11, 21), np.zeros(21, np.int64)
    disturbed = np.append(quiet[:-1], -5.0)

    assert process_medians(disturbed, process)[0] == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize(("ratios", "process"), [([1.0, 2.0], [0]), ([], [])])
def test_ratios_without_a_process_are_an_error(ratios: list[float], process: list[int]) -> None:
    with pytest.raises(ValueError, match="label"):
        process_medians(np.array(ratios), np.array(process))


@pytest.mark.parametrize("values", [[], [1.0], [[1.0, 2.0]], [1.0, math.nan], [1.0, math.inf]])
def test_too_few_or_non_finite_processes_are_an_error(values: list[float]) -> None:
    with pytest.raises(ValueError, match="process"):
        ratio_interval(np.array(values), 0.95)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 95.0, math.nan])
def test_a_level_outside_zero_to_one_is_an_error(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        ratio_interval(np.array([1.0, 2.0]), level)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_the_interval_is_students(level: float) -> None:
    values = np.array([0.11, 0.12, 0.10, 0.13, 0.09, 0.12])
    found = ratio_interval(values, level)
    import scipy.stats  # for seconds, which every process of the tests would take

    reference = scipy.stats.ttest_1samp(values, 0.0).confidence_interval(level)

    assert (found.low, found.high) == pytest.approx(tuple(reference))
    assert (found.point, found.processes) == (pytest.approx(values.mean()), 6)


def test_the_interval_of_an_example_done_by_hand() -> None:
    # mean 2, standard deviation 1, error 1/sqrt(3); Student's t of 2 degrees of freedom at 95 % is 4.3027
    found = ratio_interval(np.array([1.0, 2.0, 3.0]), 0.95)

    assert (found.low, found.high) == pytest.approx((2 - 2.48414, 2 + 2.48414), abs=1e-5)


def test_an_estimate_reads_as_a_speed_up() -> None:
    assert made(math.log(2), math.log(8)).ratio() == pytest.approx((4, 2, 8))


@pytest.mark.parametrize(("level", "least", "most"), [(0.95, 0.93, 0.98), (0.99, 0.98, 0.998)])
def test_intervals_cover_the_truth_as_often_as_they_say(level: float, least: float, most: float) -> None:
    truth, replicates = 0.05, 2500
    process_means = np.random.default_rng(20260101).normal(truth, 0.02, (replicates, 8))
    found = [ratio_interval(row, level) for row in process_means]

    assert least < np.mean([e.low <= truth <= e.high for e in found]) < most


def test_intervals_over_processes_cover_when_rounds_within_one_are_not_independent() -> None:
    # what a pooled interval over rounds would miss: each process has its own luck, larger than its rounds' noise
    truth, rng, hits = 0.0, np.random.default_rng(1), 0
    process = np.repeat(np.arange(8), 10)
    for _ in range(400):
        ratios = rng.normal(truth, 0.02, 8)[process] + rng.normal(0, 0.002, 80)
        found = ratio_interval(process_medians(ratios, process), 0.95)
        hits += found.low <= truth <= found.high

    assert 0.92 < hits / 400 < 0.98


@given(st.floats(-1, 1), st.floats(0, 1))
@PROPERTY
def test_the_noise_floor_is_the_far_end_of_the_controls_interval(low: float, width: float) -> None:
    floor = noise_floor(made(low, low + width))

    assert floor >= 0
    assert floor == pytest.approx(math.exp(max(abs(low), abs(low + width))) - 1)
    assert floor == noise_floor(made(-low - width, -low))


def test_the_noise_floor_is_never_clipped() -> None:
    assert noise_floor(made(1e-6, 2e-6)) == pytest.approx(2e-6, rel=1e-3)
    assert noise_floor(made(-2.0, 0.1)) == pytest.approx(math.e**2 - 1)


def test_the_standard_error_of_a_median_is_that_of_a_simulation() -> None:
    rounds = np.random.default_rng(2).normal(0.3, 0.01, (4000, 61))
    spread = float(np.std(np.median(rounds, axis=1)))
    said = float(np.median([median_standard_error(row) for row in rounds[:400]]))

    assert said == pytest.approx(spread, rel=0.1)


def test_the_standard_error_is_robust_to_a_disturbed_round_and_infinite_for_too_few() -> None:
    values = np.random.default_rng(3).normal(0, 0.01, 41)
    disturbed = np.append(values, 30.0)

    assert median_standard_error(disturbed) < 1.3 * median_standard_error(values)
    assert median_standard_error(values[:3]) == math.inf
    assert median_standard_error(values[:4]) < math.inf
    assert median_standard_error(np.full(10, 0.5)) == 0
