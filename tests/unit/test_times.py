"""The samples of a group as pairs: times that agree with the ratio, and the parts of its variance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfkit.stats.times import Pairs


def pairs(luck: list[float], rounds: list[int], speedup: float, seed: int = 0) -> Pairs:
    """Processes of different luck and length, in which disturbances slow both sides, and not always both at once."""
    rng = np.random.default_rng(seed)
    process = np.repeat(np.arange(len(luck)), rounds)
    typical = 1e6 * np.repeat(luck, rounds)
    before, after = (typical * np.exp(0.1 * rng.standard_exponential(process.size)) for _ in range(2))
    return Pairs(process=process, before_ns=before, after_ns=after / speedup)


def test_a_process_counts_once_however_many_rounds_it_has() -> None:
    found = Pairs(process=np.array([0, 0, 0, 1]), before_ns=np.array([1.0, 2.0, 9.0, 8.0]), after_ns=np.ones(4))

    assert found.typical_before_ns() == pytest.approx(math.sqrt(2.0 * 8.0))


def test_identical_code_that_reads_slower_by_its_medians_does_so_by_its_times() -> None:
    """Medians over all samples once stood beside a ratio on the other side of 1: 23.2 ms, 24.1 ms, 1.055x."""
    found = pairs([1.0, 1.0, 1.6], [4, 4, 40], speedup=1.05)
    ratio = math.exp(found.estimate(0.95).point)
    before_ns = found.typical_before_ns()

    assert before_ns == pytest.approx(1e6 * 1.6 ** (1 / 3), rel=0.1)
    assert (before_ns > before_ns / ratio) is (ratio > 1)


def test_the_parts_of_the_variance_are_those_of_the_estimate() -> None:
    found = pairs([1.0, 1.2, 0.9, 1.1, 1.0], [30] * 5, speedup=2.0)
    parts, interval = found.variance(), found.estimate(0.95)

    assert parts is not None
    between, within = parts
    estimated = ((interval.high - interval.low) / 2 / 2.776) ** 2 * 5  # Student, 4 degrees of freedom
    assert between == pytest.approx(max(0.0, estimated - within), abs=1e-6)
    assert within > 0
    assert pairs([1.0, 1.0], [1, 5], speedup=1.0).variance() is None
