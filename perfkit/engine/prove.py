"""Run the proof of equivalence on live subjects, before and after the clock.

`perfkit.proof` says whether two outputs are equal; this decides what to call. A careless optimisation is right once:
it fails on the second input, after fifty calls, after the weights change, or when the caller keeps or overwrites a
result. Each of these is tried.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from perfkit import plan
from perfkit.engine import consume
from perfkit.engine.gradients import asked, gradient_difference, gradients
from perfkit.engine.guard import Rejected, blaming, user_code
from perfkit.engine.raised import raised_alike
from perfkit.engine.standin import other_sort
from perfkit.engine.subject import Subject
from perfkit.engine.surroundings import busy_after
from perfkit.equivalence import Equivalence, exact
from perfkit.proof import Difference, first_difference, scribble, snapshot

__all__ = ["Tally", "call_once", "compare_call", "compared", "prove", "refuse_busy"]

_SOAK_CALLS = 64  # drift that starts after some dozens of calls must show
_FEWEST_CALLS, _SOAK_S = 8, 1.0
_OWNED = "a call whose result is then overwritten"
_AGAIN = "the same input again, after its result was overwritten"


@dataclass(slots=True)
class Tally:
    """How many calls of a candidate were compared with the reference."""

    checked_calls: int = 0
    steps: list[str] = field(default_factory=list)


def call_once(subject: Subject, data: Any, during: str) -> tuple[Any, Any]:
    """Prepare, call, observe: (raw output, observation)."""

    def work() -> tuple[Any, Any]:
        argument = subject.prepare(data)
        with subject.around():
            output = consume.call(subject, argument)
        return output, subject.observe(argument, output)

    result: tuple[Any, Any] = user_code(during, work)
    return result


def compare_call(
    reference: Subject,
    candidate: Subject,
    make: Callable[[Subject], Any],
    rule: Equivalence,
    during: str,
    tally: Tally,
    *,
    may_raise: bool = False,
) -> tuple[Any, Any]:
    """One call of each on byte-equal inputs; raise Rejected on a difference.

    Returns the candidate's raw output, and all that must be right after the call. `may_raise`: the baseline may refuse
    this input by an exception, and the candidate must then do so alike.
    """
    with blaming(plan.BASELINE):
        given = user_code(during, lambda: make(reference))
        try:
            raw, expected = call_once(reference, given, during)
        except Rejected as failed:
            if not may_raise:
                raise
            return _refused_alike(failed, reference, candidate, make, during, tally)
        wanted = None if rule.no_grad else user_code(during, lambda: asked(raw, expected, given))
    with blaming(plan.CANDIDATE):
        data = user_code(during, lambda: make(candidate))
        output, got = call_once(candidate, data, during)
        tally.checked_calls += 1
        if (other := other_sort(raw, output)) is not None:
            raise Rejected(during, other)
        compared(expected, got, rule, during)
        if wanted:
            arrived = user_code(during, lambda: gradients(output, got, data))
            if (lost := gradient_difference(wanted, arrived, rule)) is not None:
                raise Rejected(during, lost)
        pristine = user_code(during, lambda: make(candidate))
        before, after = candidate.untouched(pristine), candidate.untouched(data)
        compared(before, after, exact(), f"{during}, input afterwards", "input")
    return output, got


def _refused_alike(
    failed: Rejected,
    reference: Subject,
    candidate: Subject,
    make: Callable[[Subject], Any],
    during: str,
    tally: Tally,
) -> tuple[None, None]:
    data = []

    def calls(subject: Subject) -> None:
        data.append(user_code(during, lambda: make(subject)))
        call_once(subject, data[-1], during)

    raised_alike(failed, lambda: calls(reference), lambda: calls(candidate), during)
    with blaming(plan.CANDIDATE):
        tally.checked_calls += 1
        pristine = user_code(during, lambda: make(candidate))
        before, after = candidate.untouched(pristine), candidate.untouched(data[-1])
        compared(before, after, exact(), f"{during}, input afterwards", "input")
    return None, None


def compared(expected: Any, got: Any, rule: Equivalence, during: str, where: str = "output") -> None:
    """Raise Rejected when `got` is not `expected`; comparing runs code of the user's, such as an `__eq__`."""
    difference = user_code(during, lambda: first_difference(expected, got, rule, where))
    if difference is not None:
        raise Rejected(during, difference)


def prove(
    reference: Subject,
    candidate: Subject,
    rule: Equivalence,
    seed: int,
    *,
    awkward: Callable[[Subject], Iterator[Callable[[np.random.Generator], Any]]] | None = None,
    change: Callable[[Subject, np.random.Generator], None] | None = None,
    soak: int = _SOAK_CALLS,
    only_read: bool = False,
) -> Tally:
    """The whole proof of one candidate on one workload or seam. Raises Rejected at the first failure.

    `only_read`: no caller writes to a result, so the proof does not either.
    """
    tally = Tally()

    def ordinary(*key: object) -> Callable[[Subject], Any]:
        stream = plan.stream(seed, "proof", *key)
        return lambda subject: subject.data(stream)

    def step(name: str, make: Callable[[Subject], Any], *, may_raise: bool = False) -> tuple[Any, Any]:
        return compare_call(reference, candidate, make, rule, name, tally, may_raise=may_raise)

    _, kept = step("first call", ordinary("first"))
    kept_copy = user_code("keeping a result", lambda: snapshot(kept))
    if awkward is not None:
        count = len(list(awkward(reference)))
        for number in range(count):
            for again in range(2):
                key = plan.stream(seed, "awkward", number, again)

                def make(subject: Subject, number: int = number, key: int = key) -> Any:
                    return list(awkward(subject))[number](np.random.default_rng(key))

                step(f"awkward input {number + 1} of {count}", make, may_raise=True)
    start = time.monotonic()
    for call in range(soak):
        if call >= _FEWEST_CALLS and time.monotonic() - start > _SOAK_S:
            break  # a call this long holds many of its seams', and the timed ones follow
        step(f"call {call + 2} in a row", ordinary("soak", call))
    with blaming(plan.CANDIDATE):
        compared(kept_copy, kept, exact(), "a result kept from the first call", "first result")
    if change is not None:
        for subject, role in ((reference, plan.BASELINE), (candidate, plan.CANDIDATE)):
            rng = np.random.default_rng(plan.stream(seed, "change"))
            with blaming(role):
                user_code("weights change", lambda s=subject, r=rng: change(s, r))  # type: ignore[misc]
        step("after the weights changed", ordinary("changed"))
    if not only_read:
        _overwrite_results(reference, candidate, ordinary("owned"), rule, tally)  # last: it may wreck the baseline
    return tally


def _overwrite_results(
    reference: Subject, candidate: Subject, make: Callable[[Subject], Any], rule: Equivalence, tally: Tally
) -> None:
    """Overwrite a result of each, as a caller who owns it may: neither the input nor the next call may show it.

    Where the input of the baseline shows it, so may the candidate's. Where the baseline is not what it was, its callers
    do not own what it gives, and nothing is asked of the candidate. Raises Rejected.
    """
    with blaming(plan.BASELINE):
        expected, aliased = _overwritten(reference, make)
        try:
            _, expected_again = call_once(reference, user_code(_AGAIN, lambda: make(reference)), _AGAIN)
        except Rejected:  # it stumbles over what its caller has overwritten
            return
        if user_code(_AGAIN, lambda: first_difference(expected, expected_again, exact())) is not None:
            return
    with blaming(plan.CANDIDATE):
        got, alias = _overwritten(candidate, make)
        compared(expected, got, rule, _OWNED)
        if alias is not None and aliased is None:
            raise Rejected(f"{_OWNED}, its input afterwards", alias)
        _, again = call_once(candidate, user_code(_AGAIN, lambda: make(candidate)), _AGAIN)
        compared(expected_again, again, rule, _AGAIN)
        tally.checked_calls += 2


def _overwritten(subject: Subject, make: Callable[[Subject], Any]) -> tuple[Any, Difference | None]:
    """What one call gave, and how its input differs once the result has been overwritten."""
    data = user_code(_OWNED, lambda: make(subject))
    output, seen = call_once(subject, data, _OWNED)

    def overwrite() -> tuple[Any, Difference | None]:
        kept = snapshot(seen)
        scribble(output)
        before, after = subject.untouched(make(subject)), subject.untouched(data)
        return kept, first_difference(before, after, exact(), "input")

    found: tuple[Any, Difference | None] = user_code("the caller overwrites a result", overwrite)
    return found


def refuse_busy(during: str) -> None:
    """Raise Rejected when the process works on though no call is under way."""
    if busy_after():
        with blaming(plan.CANDIDATE):
            raise Rejected(during, error="goes on working when its calls have returned")
