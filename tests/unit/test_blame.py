"""What becomes of a worker's report: whose fault it is, and on what it was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfkit.cell import Cell
from perfkit.errors import WorkFailed
from perfkit.protocol.failing import Rejection
from perfkit.session.blame import Blame, failure_of, rejected_on
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.session.worker_process import RejectedOutput
from tests.messages import DIFFERENCE, rejection

KEY = ("t/r",)
GROUP = Group(
    id="g",
    cell=Cell(target="t", workload="w", size="small", kind="macro"),
    candidates=(Candidate(role="candidate-1", recipes=KEY),),
)


def court(outcome: Outcome, alone: Rejection | WorkFailed | None = None) -> Blame:
    """A court whose trials of the baseline alone end so."""
    made = Blame(outcome, 0, lambda process: pytest.fail("no worker is started"))
    made._alone = lambda group, process, candidates: alone  # type: ignore[method-assign]
    return made


def test_a_rejection_names_what_it_was_found_on() -> None:
    with pytest.raises(RejectedOutput) as caught, rejected_on("decode"):
        raise RejectedOutput(rejection("candidate", difference=DIFFERENCE))

    assert caught.value.rejection.during == "on decode: round 3"


def test_what_is_wrong_with_the_target_is_said_about_the_target() -> None:
    found = failure_of(rejection("baseline", reason="target", error="seed it"))

    assert (found.verdict, found.reason, found.difference) == ("failed", "target", None)
    assert found.text == "about the target: round 3: seed it"


def test_a_control_that_differs_without_any_candidate_is_the_targets_fault() -> None:
    outcome = Outcome()
    differs = rejection("control", difference=DIFFERENCE)
    court(outcome, differs).attribute_failure(GROUP, 0, differs)
    found = outcome.failures[KEY]

    assert found.reason == "target"
    assert "the baseline does not equal itself between two instances: a different value" in found.text


def test_a_control_that_differs_only_beside_a_candidate_says_nothing_of_the_target() -> None:
    outcome = Outcome()
    court(outcome, None).attribute_failure(GROUP, 0, rejection("control", difference=DIFFERENCE))
    found = outcome.failures[KEY]

    assert found.reason == "exception"
    assert found.text.startswith("the control itself fails: round 3")


BOTH = replace(GROUP, candidates=(*GROUP.candidates, Candidate(role="candidate-2", recipes=("t/s",))))
WRONG, DEAD = rejection("candidate-1", difference=DIFFERENCE), WorkFailed("it is gone", reason="SIGSEGV")


@pytest.mark.parametrize(
    ("alone", "blamed"),
    [
        ({"t/r": WRONG}, {"t/r": "rejected"}),
        ({"t/s": DEAD}, {"t/s": "failed"}),  # it spoilt what the one that was named stands on
        ({"t/r": DEAD, "t/s": WRONG}, {"t/r": "failed"}),  # the one that was named, and no other is tried
        ({}, {"t/r": "rejected"}),  # right on its own, wrong beside the other
    ],
)
def test_of_two_candidates_the_one_that_is_wrong_on_its_own_is_to_blame(
    alone: dict[str, Rejection | WorkFailed], blamed: dict[str, str]
) -> None:
    outcome, made = Outcome(), court(Outcome())
    made._outcome = outcome
    made._alone = lambda group, process, candidates: alone.get(candidates[0].recipes[0])  # type: ignore[method-assign]
    made.attribute_failure(BOTH, 0, WRONG)

    assert {key[0]: failure.verdict for key, failure in outcome.failures.items()} == blamed


def test_a_candidate_with_a_failure_is_no_longer_in_its_group() -> None:
    outcome = Outcome(failures={("t/r",): failure_of(WRONG)})

    assert [c.recipes for c in court(outcome).alive(BOTH).candidates] == [("t/s",)]


@pytest.mark.parametrize(
    ("rejected", "verdict", "text"),
    [
        (WRONG, "rejected", f"round 3: {DIFFERENCE}"),
        (rejection("candidate-1", error="MemoryError", reason="out-of-memory"), "failed", "round 3: MemoryError"),
        (rejection("baseline", error="no"), "failed", "the baseline itself fails: round 3: no"),
    ],
)
def test_a_rejection_reads_as_a_failure(rejected: Rejection, verdict: str, text: str) -> None:
    found = failure_of(rejected)

    assert (found.verdict, found.text) == (verdict, text)
