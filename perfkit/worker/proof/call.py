"""One call of a subject, and whether what came of it is what the baseline gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from perfkit import schedule
from perfkit.equivalence import Equivalence, exact
from perfkit.protocol import breadcrumb
from perfkit.tree import UnknownType, copy, first_difference
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.lazy import consume
from perfkit.worker.lazy.standin import other_sort
from perfkit.worker.proof.gradients import asked, gradient_difference, gradients
from perfkit.worker.proof.raised import raised_alike
from perfkit.worker.state import random_state
from perfkit.worker.subject import Subject

__all__ = ["Answer", "Make", "Tally", "answer", "call_once", "compare_call", "compare_inputs", "compare_with"]
__all__ += ["compared", "kept_result", "refused_alike"]

_CHANGED = "input afterwards, which the call changes"

Make = Callable[[Subject], Any]  # draws a fresh input for a subject


@dataclass(slots=True)
class Tally:
    """How many calls of a candidate were compared with the reference, and the most that one instance was called.

    `awkward`: how many inputs that the workload declares were among them.
    """

    checked_calls: int = 0
    calls_of_one_instance: int = 0
    awkward: int = 0
    steps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gave: its raw output, all that must be right after it, and its input afterwards."""

    output: Any
    seen: Any
    after: Any
    data: Any = None  # the input, with what nobody compares of it
    drawn: dict[str, Any] = field(default_factory=dict)  # generators that the baseline draws from, as they are then


def call_once(subject: Subject, data: Any, during: str, key: object = None) -> tuple[Any, Any]:
    """Prepare, call, observe: (raw output, observation). `key`: of the global random numbers; by default the step."""

    def work() -> tuple[Any, Any]:
        argument = subject.prepare(data)
        with subject.around():
            output = consume.call(subject, argument)
        return output, subject.observe(argument, output)

    with random_state.watched(during if key is None else key, baseline=breadcrumb.is_baseline()) as moved:
        result: tuple[Any, Any] = user_code(during, work)
    if moved:
        raise Rejected(during, error=random_state.in_words(moved))
    return result


_beside_a_call = partial(user_code, often=True)  # around what is no call: what that passes over shows at the end


def answer(subject: Subject, make: Make, during: str, key: object = None) -> Answer:
    """One call on a fresh input. `key`: as of `call_once`."""
    data = _beside_a_call(during, lambda: make(subject))
    output, seen = call_once(subject, data, during, key)
    return Answer(output, seen, subject.untouched(data), data, random_state.drawn_from())


def compare_call(
    reference: Subject, candidate: Subject, make: Make, rule: Equivalence, during: str, tally: Tally
) -> Answer:
    """One call of each on byte-equal inputs; raise Rejected on a difference. Returns the candidate's answer."""
    with blaming(schedule.BASELINE):
        expected = answer(reference, make, during)
    return compare_with(expected, candidate, make, rule, during, tally)


def compare_with(
    expected: Answer, candidate: Subject, make: Make, rule: Equivalence, during: str, tally: Tally
) -> Answer:
    """As `compare_call`, where the reference has answered."""
    with blaming(schedule.BASELINE):
        wanted = None if rule.no_grad else _beside_a_call(during, lambda: _gradients_asked(expected))
    with blaming(schedule.CANDIDATE):
        got = answer(candidate, make, during)
        tally.checked_calls += 1
        tally.calls_of_one_instance += 1
        if (other := other_sort(expected.output, got.output)) is not None:
            raise Rejected(during, other)
        compared(expected.seen, got.seen, rule, during)
        if wanted:
            arrived = _beside_a_call(during, lambda: gradients(got.output, got.seen, got.data))
            if (lost := gradient_difference(wanted, arrived, rule)) is not None:
                raise Rejected(during, lost)
        compare_inputs(expected.after, got.after, lambda: candidate.untouched(make(candidate)), rule, during)
        if rule.kind == "exact" and (apart := random_state.apart(expected.drawn, got.drawn)):
            names = " and ".join(apart)
            error = f"draws otherwise from {names} than the baseline: what is drawn after the call is another number"
            raise Rejected(during, error=error)
    return got


def _gradients_asked(expected: Answer) -> Any:
    return asked(expected.output, expected.seen, expected.data)


def refused_alike(
    failed: Rejected, reference: Subject, candidate: Subject, make: Make, during: str, tally: Tally
) -> None:
    """The reference has refused an input, as `failed` says: raise Rejected unless the candidate does so alike."""
    data = []

    def calls(subject: Subject) -> None:
        data.append(_beside_a_call(during, lambda: make(subject)))
        call_once(subject, data[-1], during)

    raised_alike(failed, lambda: calls(reference), lambda: calls(candidate), during)
    with blaming(schedule.CANDIDATE):
        tally.checked_calls += 1
        tally.calls_of_one_instance += 1
        pristine = _beside_a_call(during, lambda: make(candidate))
        before, after = candidate.untouched(pristine), candidate.untouched(data[-1])
        compared(before, after, exact(), f"{during}, {_CHANGED}", "input")


def compared(expected: Any, got: Any, rule: Equivalence, during: str, where: str = "output") -> None:
    """Raise Rejected when `got` is not `expected`; comparing runs code of the user's, such as an `__eq__`."""
    difference = _beside_a_call(during, lambda: first_difference(expected, got, rule, where))
    if difference is not None:
        raise Rejected(f"{during}{random_state.reminder()}", difference)


def compare_inputs(expected: Any, got: Any, pristine: Callable[[], Any], rule: Equivalence, during: str) -> None:
    """Raise Rejected when the input after a call is not what the baseline leaves of it.

    That is the input as it was, bit for bit; where the baseline changes it, what it made of it is output too.
    """
    during = f"{during}, {_CHANGED}"
    if _beside_a_call(during, lambda: first_difference(expected, got, exact(), "input")) is None:
        return
    changes = _beside_a_call(during, lambda: first_difference(pristine(), expected, exact(), "input")) is not None
    compared(expected, got, rule if changes else exact(), during, "input")


def kept_result(output: Any, seen: Any, during: str) -> tuple[Any, Any]:
    """What a caller keeps, and a copy of it: the raw output where it can be copied, else what is observed of it."""
    try:
        return output, _beside_a_call(during, lambda: copy(output))
    except UnknownType:
        return seen, _beside_a_call(during, lambda: copy(seen))
