"""What a thread of the measured code raises is counted, and said in one line."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from perfkit.protocol import breadcrumb
from perfkit.session.outcome import Outcome
from perfkit.worker import thread_errors


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    printed: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda raised: printed.append(str(raised.exc_value)))
    thread_errors.listen()
    yield printed
    thread_errors.taken()


def run(work: object, times: int = 1) -> None:
    for _ in range(times):
        thread = threading.Thread(target=work)  # type: ignore[arg-type]
        thread.start()
        thread.join()


def fails() -> None:
    raise ValueError("no such row")


def test_it_is_counted_by_role_and_printed_as_before(listening: list[str]) -> None:
    breadcrumb.mark(role="candidate")
    try:
        run(fails, 3)
    finally:
        breadcrumb.mark(role="")

    (raised,) = thread_errors.taken()
    assert (raised.role, raised.count) == ("candidate", 3)
    assert raised.what.startswith("ValueError: no such row (test_thread_errors.py:")
    assert listening == ["no such row"] * 3
    assert thread_errors.taken() == ()


def test_however_many_kinds_there_are_and_whatever_their_text() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def mute() -> None:
        raise Mute

    run(mute)
    assert thread_errors.taken()[0].what.startswith("Mute: (its text cannot be had)")

    numbers = iter(range(1000))

    def different() -> None:
        raise ValueError("x" * 10_000, next(numbers))

    run(different, 2)
    assert all(len(raised.what) < 500 for raised in thread_errors.taken())


def test_a_session_says_each_in_one_line_with_how_often() -> None:
    outcome = Outcome()
    for role, count in (("candidate", 3), ("candidate-1", 9), ("", 1)):
        outcome.thread_raised(role, "ValueError: no (a.py:3)", count)

    assert outcome.thread_warnings() == [
        "a thread raised, while the candidate ran: ValueError: no (a.py:3) (12 times)",
        "a thread raised: ValueError: no (a.py:3) (1 time)",
    ]
