"""Call one instance very often: what fills, wears out or turns wrong after hundreds of calls must show."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from perfkit import schedule
from perfkit.equivalence import Equivalence
from perfkit.tree import copy
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.lazy import consume
from perfkit.worker.proof.call import Make, Tally, compared
from perfkit.worker.state import random_state
from perfkit.worker.subject import Subject

__all__ = ["soak"]

_CALLS = 5_000  # at most, that are not compared
_COMPARED = 600  # at most in a row, after those
_BATCH = 4, 64  # of them at a time: at first, and at most
_COMPARING = 0.3  # of the time
_REFERENCE_S = 10.0  # that the baseline may take for the same calls, where a candidate is wrong after them


def soak(
    reference: Subject,
    candidate: Subject,
    make: Callable[[object], Make],
    rule: Equivalence,
    tally: Tally,
    *,
    seconds: float,
    moves: bool,
) -> None:
    """Call for so long, most of it without comparing, and compare every call then. Raises Rejected.

    `moves`: what the baseline gives depends on the calls before, so that it is called as often. Where a difference is
    found it is in any case, before anybody is blamed.
    """
    calling_s, comparing_s = seconds * (1 - _COMPARING), seconds * _COMPARING
    if moves:
        done = _in_turn(reference, candidate, make, calling_s)
    else:
        with blaming(schedule.CANDIDATE):
            done = _calls(candidate, make, _CALLS, calling_s)
    tally.calls_of_one_instance += done
    try:
        _compare(reference, candidate, make, rule, tally, done, 0, comparing_s)
    except Rejected as rejected:
        if moves or rejected.difference is None:
            raise
        with blaming(schedule.BASELINE):
            same = _calls(reference, make, done, _REFERENCE_S) == done
        if not same:
            raise
        _compare(reference, candidate, make, rule, tally, done, 1, comparing_s)


def _compare(
    reference: Subject,
    candidate: Subject,
    make: Callable[[object], Make],
    rule: Equivalence,
    tally: Tally,
    done: int,
    attempt: int,
    seconds: float,
) -> None:
    """Compare calls in a row, some at a time: first those of the one, then the same of the other."""
    end, number, batch = time.monotonic() + seconds, 0, _BATCH[0]
    while not number or (number < _COMPARED and time.monotonic() < end):
        keys = [("compared", attempt, call) for call in range(number, number + batch)]
        expected = _seen(reference, schedule.BASELINE, make, keys)
        got = _seen(candidate, schedule.CANDIDATE, make, keys)
        with blaming(schedule.CANDIDATE):
            for call, (one, other) in enumerate(zip(expected, got, strict=True), number + 1):
                tally.checked_calls += 1
                tally.calls_of_one_instance += 1
                compared(one, other, rule, f"call {call} after {done} that were not compared")
        number, batch = number + batch, min(2 * batch, _BATCH[1])


def _seen(subject: Subject, role: str, make: Callable[[object], Make], keys: Sequence[object]) -> list[Any]:
    """What can be observed after each of some calls."""

    def work() -> list[Any]:
        found = []
        for key in keys:
            data = make(key)(subject)  # which may run the workload, to record more calls, and so draw
            random_state.set_if_drawn(key)
            argument = subject.prepare(data)
            with subject.around():
                output = consume.call(subject, argument)
            found.append(copy(subject.observe(argument, output)))
        return found

    with blaming(role):
        seen: list[Any] = user_code("calls in a row, compared", work)
    return seen


def _calls(subject: Subject, make: Callable[[object], Make], most: int, seconds: float) -> int:
    """Call a subject up to `most` times, for about so long; how often it was."""

    def work() -> int:
        end, done = time.monotonic() + seconds, 0
        while done < most and time.monotonic() < end:
            _call(subject, make(done))
            done += 1
        return done

    done: int = user_code(f"calls that are not compared, {most} at most", work)
    return done


def _in_turn(reference: Subject, candidate: Subject, make: Callable[[object], Make], seconds: float) -> int:
    end, done = time.monotonic() + seconds, 0
    while done < _CALLS and time.monotonic() < end:
        for subject, role in ((reference, schedule.BASELINE), (candidate, schedule.CANDIDATE)):
            with blaming(role):
                user_code("calls that are not compared", lambda s=subject, n=done: _call(s, make(n)))  # type: ignore[misc]
        done += 1
    return done


def _call(subject: Subject, make: Make) -> None:
    argument = subject.prepare(make(subject))
    with subject.around():
        consume.call(subject, argument)
