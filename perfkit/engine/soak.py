"""Call one instance very often: what fills, wears out or turns wrong after hundreds of calls must show."""

from __future__ import annotations

import time
from collections.abc import Callable

from perfkit import plan
from perfkit.engine import consume
from perfkit.engine.call import Make, Tally, compare_call
from perfkit.engine.guard import Rejected, blaming, user_code
from perfkit.engine.subject import Subject
from perfkit.equivalence import Equivalence

__all__ = ["soak"]

_CALLS = 5_000  # at most, that are not compared
_COMPARED = 4
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
    """Call without comparing, for so long, and compare some calls then. Raises Rejected.

    `moves`: what the baseline gives depends on the calls before, so that it is called as often. Where a difference is
    found it is in any case, before anybody is blamed.
    """
    if moves:
        done = _in_turn(reference, candidate, make, seconds)
    else:
        with blaming(plan.CANDIDATE):
            done = _calls(candidate, make, _CALLS, seconds)
    tally.calls_of_one_instance += done
    try:
        _compare(reference, candidate, make, rule, tally, done, 0)
    except Rejected as rejected:
        if moves or rejected.difference is None:
            raise
        with blaming(plan.BASELINE):
            same = _calls(reference, make, done, _REFERENCE_S) == done
        if not same:
            raise
        _compare(reference, candidate, make, rule, tally, done, 1)


def _compare(
    reference: Subject,
    candidate: Subject,
    make: Callable[[object], Make],
    rule: Equivalence,
    tally: Tally,
    done: int,
    attempt: int,
) -> None:
    for call in range(_COMPARED):
        during = f"call {call + 1} after {done} that were not compared"
        compare_call(reference, candidate, make(("compared", attempt, call)), rule, during, tally)


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
        for subject, role in ((reference, plan.BASELINE), (candidate, plan.CANDIDATE)):
            with blaming(role):
                user_code("calls that are not compared", lambda s=subject, n=done: _call(s, make(n)))  # type: ignore[misc]
        done += 1
    return done


def _call(subject: Subject, make: Make) -> None:
    argument = subject.prepare(make(subject))
    with subject.around():
        consume.call(subject, argument)
