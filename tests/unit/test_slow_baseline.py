"""A baseline that is slow only beside a candidate is said to be so; one that is slow in general is not."""

from __future__ import annotations

import pytest

from perfkit import schedule
from perfkit.cell import Cell
from perfkit.protocol.counting import Inspected
from perfkit.protocol.measuring import Build, Built, Round, RoundSample, RoundTaken
from perfkit.result import Sample
from perfkit.session.outcome import Candidate, Group, GroupOutcome, Outcome
from perfkit.session.slow_baseline import Company

CANDIDATES = (
    Candidate(role="candidate-1", recipes=("toy/hog",)),
    Candidate(role="candidate-2", recipes=("toy/kind",)),
)
GROUP = Group(id="g", cell=Cell(target="toy", workload="run", size="small", kind="macro"), candidates=CANDIDATES)


class Worker:
    """A worker in which the baseline takes `slow_ns` beside toy/hog, and `alone_ns` otherwise."""

    def __init__(self, slow_ns: int, alone_ns: int) -> None:
        self.times = slow_ns, alone_ns
        self.asked: list[Build | Round] = []
        self.slow = False

    def __call__(self, process: int) -> Worker:
        return self

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def ask(self, request: Build | Round, *, about: str) -> Built | RoundTaken:
        self.asked.append(request)
        if isinstance(request, Build):
            self.slow = any("toy/hog" in recipes for recipes in request.variants.values())
            return Built(roles={}, warnings=())
        elapsed_ns = self.times[0] if self.slow else self.times[1]
        return RoundTaken(tuple(RoundSample(role, 0, 1, elapsed_ns, ()) for role in request.order))


def checked(beside_ns: int, counted_ns: float, worker: Worker, times: int = 1) -> Outcome:
    outcome = Outcome()
    outcome.seams["run", ()] = Inspected(call_ns=counted_ns, passes=1, seams={})
    sample = Sample(
        group="g", role=schedule.BASELINE, process=0, round=0, position=0, loops=2, elapsed_ns=2 * beside_ns, flags=()
    )
    outcome.groups["g"] = GroupOutcome(group=GROUP, samples=[sample] * 3)
    company = Company(outcome, 1, worker)  # type: ignore[arg-type]
    for _ in range(times):
        company.check(GROUP, 0)
    return outcome


def test_the_candidate_beside_which_the_baseline_is_slow_is_named_once() -> None:
    outcome = checked(13_000, 1_000.0, Worker(13_000, 1_000), times=2)

    (warning,) = outcome.warnings
    assert warning.startswith("run: the baseline is 13.00x slower beside hog than alone")


@pytest.mark.parametrize(("beside_ns", "counted_ns"), [(2_900, 1_000.0), (1_000, 13_000.0)])
def test_a_baseline_as_fast_as_alone_costs_no_other_process(beside_ns: int, counted_ns: float) -> None:
    worker = Worker(13_000, 1_000)

    assert checked(beside_ns, counted_ns, worker).warnings == []
    assert worker.asked == []


def test_a_machine_that_has_become_slower_is_no_fault_of_a_candidate() -> None:
    worker = Worker(13_000, 13_000)

    assert checked(13_000, 1_000.0, worker).warnings == []
    assert any(isinstance(request, Round) for request in worker.asked)
