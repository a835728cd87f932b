"""The ratio of sums beside the ratio of medians: spikes of the candidate's own, and those of the machine."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from perfkit.stats.estimate import Estimate
from perfkit.stats.sums import Sums, sums_of
from perfkit.stats.verdict import Decision, with_sums

PROCESSES = 8
RNG = np.random.default_rng
Noise = Callable[[np.random.Generator, int], np.ndarray]


def quiet(rng: np.random.Generator, n: int) -> np.ndarray:
    return 1 + 0.01 * rng.standard_exponential(n)


def stalling(rng: np.random.Generator, n: int) -> np.ndarray:
    """One sample in fifty waits for something else, some of them very long."""
    return quiet(rng, n) + 2 * (rng.random(n) < 0.02) * rng.pareto(1.2, n)


def compared(seed: int, rounds: int, noise: Noise, faster: float, spike: float = 1.0, *, base: float = 1.0) -> Sums:
    """Sums of a candidate `faster` times as fast, of which (and of whose baseline) one call in 50 takes longer."""
    rng, n = RNG(seed), PROCESSES * rounds
    before, control, after = noise(rng, n), noise(rng, n), noise(rng, n) / faster
    after = np.where(rng.random(n) < 1 / 50, spike, 1) * after
    before, control = (np.where(rng.random(n) < 1 / 50, base, 1) * side for side in (before, control))
    return sums_of(np.repeat(np.arange(PROCESSES), rounds), before, control, after)


@pytest.mark.parametrize(("noise", "least"), [(quiet, 38), (stalling, 33)])
def test_a_candidate_that_is_dear_now_and_then_is_denied(noise: Noise, least: int) -> None:
    found = [compared(seed, 60, noise, 1.1, spike=50) for seed in range(40)]

    assert sum(s.log_ratio < 0 and s.denies(math.log(1.1)) for s in found) >= least


def test_a_baseline_that_is_dear_now_and_then_denies_that_the_candidate_is_slower() -> None:
    found = [compared(seed, 60, quiet, 0.9, base=50) for seed in range(40)]

    assert all(s.log_ratio > 0 for s in found)
    assert sum(s.denies(math.log(0.9)) for s in found) >= 38


@pytest.mark.parametrize(("faster", "rounds"), [(1.002, 500), (1.05, 60), (1.2, 10)])
def test_the_machines_own_stalls_hardly_ever_deny_a_candidate(faster: float, rounds: int) -> None:
    found = [compared(seed, rounds, stalling, faster) for seed in range(100)]

    assert sum(s.denies(math.log(faster)) for s in found) <= 14
    assert sum(s.halves(math.log(faster)) for s in found) <= 3


def test_a_quiet_candidate_keeps_what_its_medians_say() -> None:
    found = [compared(seed, 30, quiet, 1.05) for seed in range(40)]

    assert not any(s.denies(math.log(1.05)) or s.halves(math.log(1.05)) for s in found)
    assert all(abs(s.log_ratio - math.log(1.05)) < 0.005 for s in found)


def test_one_process_that_is_slow_as_a_whole_weighs_no_more_than_another() -> None:
    process = np.repeat(np.arange(4), 10)
    slow = np.where(process == 0, 100.0, 1.0)

    found = sums_of(process, 1.1 * slow, slow, slow)
    mixed = sums_of(process, np.where(process == 0, 100.0, 1.2), slow, slow)

    assert found.log_ratio == pytest.approx(math.log(1.1))
    assert mixed.log_ratio == pytest.approx(math.log(4 / (1 + 3 / 1.2)))


def decided(verdict: str, medians: float, sums: Sums) -> Decision:
    point = math.log(medians)
    e95 = Estimate(point=point, low=point - 0.001, high=point + 0.001, level=0.95, processes=8)
    return with_sums(Decision(verdict=verdict), e95, sums)


def sums(ratio: float, *, more: float = 0.5, fewer: float = 0.5, lone: bool = False) -> Sums:
    return Sums(log_ratio=math.log(ratio), more=more, fewer=fewer, lone=lone)


@pytest.mark.parametrize(
    ("verdict", "medians", "seen", "left"),
    [
        ("faster", 1.1, sums(0.63, more=0.001), "undecided"),
        ("faster", 1.1, sums(0.63, lone=True), "undecided"),
        ("faster", 1.1, sums(0.63, more=0.3), "faster"),  # as often by the machine alone
        ("faster", 1.1, sums(1.08, more=0.001), "faster"),
        ("slower", 0.9, sums(1.4, fewer=0.001), "undecided"),
        ("slower", 0.9, sums(0.6, more=0.001), "slower"),
        ("equivalent", 1.0, sums(0.8, more=0.001), "undecided"),
        ("equivalent", 1.0, sums(1.3, fewer=0.001), "undecided"),
        ("equivalent", 1.0, sums(0.995, more=0.001), "equivalent"),  # within the margin
        ("undecided", 1.1, sums(0.63, more=0.001), "undecided"),
    ],
)
def test_a_verdict_that_the_sums_deny_is_none(verdict: str, medians: float, seen: Sums, left: str) -> None:
    decision = decided(verdict, medians, seen)

    assert decision.verdict == left
    assert ("by the sum of all samples" in decision.note) == (left != verdict)


def test_a_gain_of_which_little_is_left_is_said() -> None:
    decision = decided("faster", 1.5, sums(1.1, more=0.001))

    assert decision.verdict == "faster"
    assert decision.note == "by the sum of all samples 1.100x: some of its calls take far longer than its median"
