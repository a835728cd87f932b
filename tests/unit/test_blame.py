"""What becomes of a worker's report: whose fault it is, and on what it was found."""

from __future__ import annotations

import pytest

from perfkit.cell import Cell
from perfkit.errors import WorkFailed
from perfkit.protocol.failing import Rejection
from perfkit.session.blame import Blame, failure_of, rejected_on
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.session.process import RejectedOutput
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
    assert "the baseline does not equal itself between two instances: another value" in found.text


def test_a_control_that_differs_only_beside_a_candidate_says_nothing_of_the_target() -> None:
    outcome = Outcome()
    court(outcome, None).attribute_failure(GROUP, 0, rejection("control", difference=DIFFERENCE))
    found = outcome.failures[KEY]

    assert found.reason == "exception"
    assert found.text.startswith("the control itself fails: round 3")
