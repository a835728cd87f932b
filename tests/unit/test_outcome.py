"""What is noted of a session: what must not be lost by what is noted later."""

from __future__ import annotations

from perfkit.session.outcome import Failure, Outcome

KEY = ("toy/fast",)


def failure(text: str) -> Failure:
    return Failure(verdict="failed", reason="exception", text=text)


def test_the_failure_that_was_found_first_stands() -> None:
    outcome = Outcome()
    outcome.note_failure(KEY, failure("on run: no"))
    outcome.note_failure(KEY, failure("on walk: it hung"))

    assert outcome.failures == {KEY: failure("on run: no")}


def test_a_warning_is_given_once_and_where_it_came_first() -> None:
    outcome = Outcome()
    outcome.warn("b", "a", "b")
    outcome.warn("a", "c")

    assert outcome.warnings == ["b", "a", "c"]


def test_what_is_known_of_the_machine_outlasts_another_description() -> None:
    outcome = Outcome()
    outcome.note_environment({"cpu": "one"})
    outcome.note_environment({"limits": {}})
    outcome.note_environment({"cpu": "one"})

    assert outcome.environment == {"cpu": "one", "limits": {}}
