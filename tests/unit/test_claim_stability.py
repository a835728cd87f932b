"""The rule on claims in simulation: two runs say the same, and the middle and half of a claim are told apart."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from types import ModuleType

import pytest

from perfkit.recipe import Reading
from perfkit.stats import claim

SESSIONS = 1000 if os.environ.get("PERFKIT_TRIALS") == "all" else 250  # `make long` has them all
SLACK = 0.8 / SESSIONS**0.5  # two standard errors of a share of 80 %; a pair, of two shares near 15 %, has half of it
NARROW = Reading("share of time", 0.10, 0.14)


@pytest.fixture(scope="module")
def benchmark(repository: Path) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "benchmarks"))
        return importlib.import_module("claims")


@pytest.mark.parametrize("floor", [0.005, 0.02, 0.05])
def test_runs_agree_and_the_claimed_effect_is_told_from_half_of_it(benchmark: ModuleType, floor: float) -> None:
    row = benchmark.simulate(NARROW, floor, benchmark.sessions(SESSIONS))

    assert row.remark == ""
    assert row.reproduced >= 0.8 - SLACK
    assert row.smaller >= 0.8 - SLACK
    assert row.contradict <= 0.05 + SLACK / 2


def test_a_rule_without_room_between_its_answers_is_caught(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulation can fail: `smaller` right below the range contradicts `reproduced` every other time."""
    monkeypatch.setattr(claim, "_INSIDE", 0.0)
    monkeypatch.setattr(claim, "_SMALLER", 0.0)

    assert benchmark.simulate(NARROW, 0.02, benchmark.sessions(200)).contradict > 0.3


def test_every_claim_of_the_catalogue_is_simulated(benchmark: ModuleType) -> None:
    simulated = [reading for _, reading in benchmark.readings()]

    assert Reading("speed-up", 1.3, 1.4) in simulated
    assert len(set(simulated)) == len(simulated)
