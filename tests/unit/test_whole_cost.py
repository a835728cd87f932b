"""What a candidate costs in all, as rows of samples: planted cases that medians alone would call faster."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from perfkit.cell import Cell
from perfkit.comparison.table_figures import Sampled, with_figures
from perfkit.result import Result, Sample
from perfkit.schedule import BASELINE, CONTROL, SLOW_CALL_NS, candidate_role
from perfkit.session.outcome import Candidate, Group, GroupOutcome
from perfkit.stats.times import Times
from tests.integration.conftest import row

CANDIDATE = candidate_role(1)
GROUP = Group(
    id="g", cell=Cell(target="toy", workload="run", size="small", kind="macro"),
    candidates=(Candidate(role=CANDIDATE, recipes=("toy/x",)),),
)  # fmt: skip
Path = Callable[[int, np.random.Generator], float]  # number of a round -> how much of the baseline's time


def judged(
    candidate: Path, *, rounds: int = 60, processes: int = 8, call_ns: float = 100_000, loops: Sequence[int] = (1,)
) -> Result:
    """The row of a candidate whose call in round n takes `candidate(n)` of the baseline's time, give or take 1 %.

    `loops`: calls of a sample, in one process after the other, and again.
    """
    rng = np.random.default_rng(3)
    paths: dict[str, Path] = {BASELINE: lambda n, r: 1.0, CONTROL: lambda n, r: 1.0, CANDIDATE: candidate}
    samples = [
        Sample(
            group="g", role=role, process=process, round=number, position=0, loops=calls,
            elapsed_ns=int(call_ns * calls * path(number, rng) * (1 + 0.01 * rng.standard_exponential())),
        )
        for process, calls in zip(range(processes), itertools.cycle(loops))
        for number in range(rounds)
        for role, path in paths.items()
    ]  # fmt: skip
    found = GroupOutcome(group=GROUP, samples=samples, loops=dict.fromkeys(paths, loops[-1]))
    blank = replace(row("x", "unavailable"), note="")
    return with_figures(blank, Sampled(group=found, role=CANDIDATE, times=Times(samples), resolution_ns=1))


def test_ten_percent_less_work_and_a_dear_call_in_fifty_is_not_faster() -> None:
    found = judged(lambda n, rng: 50.0 if rng.random() < 1 / 50 else 0.9)

    assert found.speedup is not None
    assert found.speedup.point > 1.09
    assert found.sums is not None
    assert found.sums < 0.8
    assert found.verdict == "undecided"
    assert f"by the sum of all samples {found.sums:.3f}x" in found.note


def test_the_same_without_the_dear_calls_is_faster() -> None:
    found = judged(lambda n, rng: 0.9)

    assert (found.verdict, found.note) == ("faster", "")
    assert found.sums == pytest.approx(1 / 0.9, rel=0.01)


def test_the_tail_shows_beside_the_median() -> None:
    found = judged(lambda n, rng: 50.0 if rng.random() < 1 / 50 else 0.9)

    assert found.p99_ns[CANDIDATE] == pytest.approx(5_000_000, rel=0.1)
    assert found.p99_ns[BASELINE] == pytest.approx(100_000, rel=0.1)
    assert set(found.p99_ns) == {BASELINE, CONTROL, CANDIDATE}
    assert judged(lambda n, rng: 0.9, loops=[10]).p99_ns == {}  # means of ten calls have no tail to show
    assert judged(lambda n, rng: 0.9, rounds=12).p99_ns == {}  # and 96 calls no 99th percentile


@pytest.mark.parametrize("loops", [(10, 1), (1, 10)])
def test_the_tail_is_of_single_calls_whatever_other_processes_take_in_a_sample(loops: tuple[int, int]) -> None:
    assert set(judged(lambda n, rng: 0.9, loops=loops).p99_ns) == {BASELINE, CONTROL, CANDIDATE}
    assert judged(lambda n, rng: 0.9, rounds=24, loops=loops).p99_ns == {}  # 192 samples, 96 of them of one call


def test_a_candidate_that_slows_down_while_the_baseline_stays_is_not_faster() -> None:
    found = judged(lambda n, rng: 0.58 + n / 60 * 0.68)

    assert found.speedup is not None
    assert found.speedup.point > 1.05
    assert found.trend is not None
    assert found.trend[0] > 1.3
    assert found.trend[1] < 0.9
    assert found.verdict == "undecided"
    assert "x at first, " in found.note


def test_a_dictionary_that_fills_is_faster_and_says_from_what_to_what() -> None:
    found = judged(lambda n, rng: 0.4 if n < 20 else 0.125)

    assert found.verdict == "faster"
    assert found.trend == (pytest.approx(2.5, rel=0.02), pytest.approx(8, rel=0.02))
    assert "2.499x at first, 8.00x at last in a process" in found.note


@pytest.mark.parametrize(("rounds", "said"), [(1, "1 round in a process"), (2, "2 rounds in a process"), (3, "")])
def test_slow_calls_of_which_few_were_taken_are_half_cold_and_say_so(rounds: int, said: str) -> None:
    found = judged(lambda n, rng: 0.9, rounds=rounds, call_ns=2.0 * SLOW_CALL_NS)

    assert said in found.note
    assert ("still cold" in found.note) is bool(said)
    assert judged(lambda n, rng: 0.9, rounds=rounds).note == ""  # shorter calls have a throw-away call before each
