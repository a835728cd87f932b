"""The trail tells another process whose code ran last."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

from perfkit.engine import trail
from perfkit.engine.guard import Rejected, blaming, user_code


@pytest.fixture
def seen() -> Iterator[trail.Trail]:
    """The other side's view of a trail that this process keeps."""
    with tempfile.TemporaryFile() as shared:
        trail.keep_in(trail.Trail(shared.fileno()))
        yield trail.Trail(os.dup(shared.fileno()))
        trail.keep_in(None)
        trail.mark("", "")


def test_the_last_role_and_step_are_seen(seen: trail.Trail) -> None:
    assert seen.read() == ("", "")

    with blaming("candidate-2"):
        user_code("round 7", lambda: None)

    assert trail.here() == ("", "round 7")
    assert seen.read() == ("candidate-2", "round 7"), "perfkit's own code in between has no role of its own"


def test_the_outer_role_comes_back(seen: trail.Trail) -> None:
    with blaming("candidate"):
        with blaming("baseline"):
            user_code("reference call", lambda: None)
            assert seen.read() == ("baseline", "reference call")
        assert seen.read() == ("candidate", "reference call")


def test_the_innermost_role_is_the_one_that_is_rejected(seen: trail.Trail) -> None:
    with pytest.raises(Rejected) as caught, blaming("candidate"), blaming("baseline"):
        user_code("reference call", lambda: 1 / 0)

    assert (caught.value.role, caught.value.during, caught.value.reason) == ("baseline", "reference call", "exception")
    assert trail.here()[0] == ""


def test_long_words_are_cut_and_stay_text(seen: trail.Trail) -> None:
    trail.mark("é" * 100, "ü" * 1000)

    role, during = seen.read()
    assert role.rstrip("�") == "é" * 31
    assert during.rstrip("�") == "ü" * 95
