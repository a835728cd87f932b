"""The trail tells another process whose code ran last."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator

import pytest

from perfkit.protocol import breadcrumb
from perfkit.worker.guard import Rejected, blaming, user_code


@pytest.fixture
def seen() -> Iterator[Callable[[], tuple[str, str]]]:
    """What the other side reads of a trail that this process keeps."""
    with tempfile.TemporaryFile() as shared:
        breadcrumb.keep_in(breadcrumb.Breadcrumb(shared.fileno()))
        yield lambda: breadcrumb.read_breadcrumb(shared.fileno())
        breadcrumb.keep_in(None)
        breadcrumb.mark("", "")


def test_the_last_role_and_step_are_seen(seen: Callable[[], tuple[str, str]]) -> None:
    assert seen() == ("", "")

    with blaming("candidate-2"):
        user_code("round 7", lambda: None)

    assert breadcrumb.here() == ("", "round 7")
    assert seen() == ("candidate-2", "round 7"), "perfkit's own code in between has no role of its own"


def test_until_there_is_a_role_the_step_is_seen(seen: Callable[[], tuple[str, str]]) -> None:
    user_code("importing mine", lambda: None)
    assert seen() == ("", "importing mine")

    with blaming("baseline"):
        user_code("a call", lambda: None)
    user_code("looking around", lambda: None)
    assert seen() == ("baseline", "a call")


def test_the_outer_role_comes_back(seen: Callable[[], tuple[str, str]]) -> None:
    with blaming("candidate"):
        with blaming("baseline"):
            user_code("reference call", lambda: None)
            assert seen() == ("baseline", "reference call")
        assert seen() == ("candidate", "reference call")


def test_the_innermost_role_is_the_one_that_is_rejected(seen: Callable[[], tuple[str, str]]) -> None:
    with pytest.raises(Rejected) as caught, blaming("candidate"), blaming("baseline"):
        user_code("reference call", lambda: 1 / 0)

    assert (caught.value.role, caught.value.during, caught.value.reason) == ("baseline", "reference call", "exception")
    assert breadcrumb.here()[0] == ""


def test_long_words_are_cut_and_stay_text(seen: Callable[[], tuple[str, str]]) -> None:
    breadcrumb.mark("é" * 100, "ü" * 1000)

    role, during = seen()
    assert role.rstrip("�") == "é" * 31
    assert during.rstrip("�") == "ü" * 95


def test_a_trail_that_was_cut_short_is_empty_and_not_fatal() -> None:
    with tempfile.TemporaryFile() as shared:
        breadcrumb.Breadcrumb(shared.fileno()).write("candidate", "round 1")
        shared.truncate(0)

        assert breadcrumb.read_breadcrumb(shared.fileno()) == ("", "")


def test_what_somebody_else_writes_into_the_file_is_not_taken_for_a_role() -> None:
    with tempfile.TemporaryFile() as shared:
        breadcrumb.Breadcrumb(shared.fileno()).write("candidate", "round 1")
        for _ in range(100):
            os.write(shared.fileno(), b'{"ok": {}}\n')
        assert breadcrumb.read_breadcrumb(shared.fileno()) == ("candidate", "round 1")

        for _ in range(10_000):
            os.write(shared.fileno(), b'{"ok": {}}\n')
        assert breadcrumb.read_breadcrumb(shared.fileno()) == ("", "")
