"""What a session counts before it proves, on workers without a process."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit.errors import WorkFailed
from perfkit.protocol.counting import Inspect, LeastCost, MachineRates, Roofline, RooflineFound, Survey, Surveyed
from perfkit.protocol.proving import Prove, Settle
from perfkit.session.counting import SeamCounter
from perfkit.session.open_worker import Reserve
from perfkit.session.outcome import Outcome
from perfkit.session.proof_workers import ProofWorkers
from perfkit.session.proving import Examination, Prover
from perfkit.session.worker_process import RejectedOutput
from tests.messages import FakeWorker, rejection
from tests.unit.test_proving import COUNTED, FAST, KEY, PLACE, PROOF, Opener, answers, counted


def untold(what: str, fraction: float) -> None:
    """Nobody hears what is being done."""


def counter(outcome: Outcome, worker: Any = None) -> SeamCounter:
    """While no proof's worker is being opened; what it opens itself is `worker`."""
    opener = Opener(lambda: worker)
    return SeamCounter(outcome, opener, untold, ProofWorkers(opener, 1))


def test_what_each_workload_calls_is_noted() -> None:
    outcome, worker = Outcome(), FakeWorker({Survey: Surveyed(called={"run": ("mix", "cube")})})
    counter(outcome, worker).survey(["run", "broken"])

    assert outcome.called == {"run": {"mix", "cube"}}  # of what fails nothing is known


def test_a_survey_that_is_refused_as_a_whole_ends_the_session() -> None:
    refused = FakeWorker({Survey: RejectedOutput(rejection("", error="KeyboardInterrupt", reason="exception"))})

    with pytest.raises(WorkFailed, match="which seams each workload calls, round 3: KeyboardInterrupt") as failed:
        counter(Outcome(), refused).survey(["run"])
    assert failed.value.reason == "exception"
    assert refused.closed


def test_a_baseline_is_counted_once_and_its_workload_asked_once_for_what_it_declares() -> None:
    outcome, worker = Outcome(), answers()
    for recipes in ((), (), ("toy/below",)):
        counter(outcome).inspect(worker, "run", "small", recipes)

    assert [(r.recipes, r.declared) for r in worker.of(Inspect)] == [((), True), (("toy/below",), False)]
    assert outcome.stateful == {"run": False}
    assert set(outcome.seams) == {("run", ()), ("run", ("toy/below",))}


def test_a_baseline_that_fails_ends_the_session() -> None:
    failing = answers(inspect=RejectedOutput(rejection("baseline", during="counting pass", error="ValueError: no")))

    with pytest.raises(WorkFailed, match="run, counting pass: ValueError: no"):
        counter(Outcome()).inspect_below(failing, PLACE, KEY)


def test_recipes_below_a_candidate_that_fail_are_the_candidates_failure() -> None:
    outcome = Outcome()
    failing = answers(inspect=RejectedOutput(rejection("baseline", error="ValueError: no")))

    assert not counter(outcome).inspect_below(failing, ("run", "small", ("toy/below",)), KEY)
    assert set(outcome.failures) == {KEY}
    assert counter(Outcome()).inspect_below(answers(), ("run", "small", ("toy/below",)), KEY)
    # the worker in which another place of it is counted has done nothing wrong
    assert counter(outcome).inspect_below(answers(), ("walk", "small", ("toy/below",)), KEY)
    assert set(outcome.failures) == {KEY}


def test_of_several_places_below_a_candidate_that_fail_the_first_is_told() -> None:
    outcome = Outcome()
    for workload in ("run", "walk"):
        failing = answers(inspect=RejectedOutput(rejection("baseline", error=f"ValueError: in {workload}")))
        counter(outcome).inspect_below(failing, (workload, "small", ("toy/below",)), KEY)

    assert "in run" in outcome.failures[KEY].text


@pytest.mark.parametrize(
    ("found", "noted"),
    [
        (
            RooflineFound(rates=MachineRates(5.0, 7.0), costs={"run": LeastCost(2.0, 3.0)}),
            {"rates": {"operations": 5.0, "read": 7.0}, "costs": {"run": {"operations": 2.0, "read": 3.0}}},
        ),
        (RooflineFound(rates=None, costs={}), {"rates": {}, "costs": {}}),
    ],
)
def test_the_limits_of_the_machine_are_saved_as_plain_numbers(found: RooflineFound, noted: dict[str, Any]) -> None:
    outcome = counted()
    counter(outcome, FakeWorker({Roofline: found})).roofline({"run": "small"})

    assert outcome.environment["limits"] == noted


def test_nothing_is_opened_while_a_baseline_is_clocked() -> None:
    made: list[FakeWorker] = []

    def make() -> FakeWorker:
        made.append(answers())
        return made[-1]

    outcome, opener = Outcome(), Opener(make)
    workers = ProofWorkers(opener, 2)
    with workers.opening_ahead():
        assert opener.log == ["ahead", "ahead"]
        clocked = answers(inspect=lambda request: opener.log.append("clocked") or COUNTED)
        SeamCounter(outcome, opener, untold, workers).inspect(clocked, "run", "small", ())
        Prover(outcome, workers, untold, Reserve(opener, 1)).examine([Examination(FAST, [PLACE], ("mix",), [PROOF])])

    assert opener.log == ["ahead", "ahead", "wait", "wait", "clocked"]
    assert [[type(r) for r in worker.asked] for worker in made] == [[Prove, Settle], []]
    assert [worker.closed for worker in made] == [True, True]
