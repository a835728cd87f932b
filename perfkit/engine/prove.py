"""Run the proof of equivalence on live subjects, before and after the clock.

`perfkit.proof` says whether two outputs are equal; this decides what to call. A careless optimisation is right once:
it fails on the second input, after fifty calls, after the weights change, or when the caller keeps or overwrites a
result. Each of these is tried.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from perfkit import plan
from perfkit.engine.subject import Subject
from perfkit.equivalence import Equivalence, exact
from perfkit.errors import PerfkitError
from perfkit.proof import Difference, first_difference, scribble, snapshot

__all__ = ["Rejected", "Tally", "blaming", "call_once", "compare_call", "prove", "refuse", "user_code"]

_SOAK_CALLS = 64  # drift that starts after some dozens of calls must show


class Rejected(Exception):
    """An output is not right, or the code raised: `difference` says where, `during` at which step, `role` whose."""

    role = ""

    def __init__(self, during: str, difference: Difference | None = None, error: str = "") -> None:
        super().__init__(f"{during}: {difference or error}")
        self.during = during
        self.difference = difference
        self.error = error

    def to_json(self) -> dict[str, Any]:
        """As the proof's part of a result."""
        return {
            "during": self.during,
            "role": self.role,
            "error": self.error,
            "difference": asdict(self.difference) if self.difference else None,
        }


@contextmanager
def blaming(role: str) -> Iterator[None]:
    """Name the role whose code was running when something was rejected."""
    try:
        yield
    except Rejected as rejected:
        rejected.role = rejected.role or role
        raise


@dataclass(slots=True)
class Tally:
    """How many calls of a candidate were compared with the reference."""

    checked_calls: int = 0
    steps: list[str] = field(default_factory=list)


def user_code(during: str, work: Callable[[], Any]) -> Any:
    """Run code that perfkit did not write; whatever it raises becomes Rejected, with the innermost line named."""
    try:
        return work()
    except (Rejected, PerfkitError):
        raise
    except (Exception, SystemExit) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        raise Rejected(during, error=f"{type(error).__name__}: {error} ({place})") from error


def call_once(subject: Subject, data: Any, during: str) -> tuple[Any, Any]:
    """Prepare, call, observe: (raw output, observation)."""

    def work() -> tuple[Any, Any]:
        argument = subject.prepare(data)
        output = subject.invoke(*argument) if subject.star else subject.invoke(argument)
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
) -> Any:
    """One call of each on byte-equal inputs; raise Rejected on a difference. Returns the candidate's raw output."""
    with blaming(plan.BASELINE):
        _, expected = call_once(reference, user_code(during, lambda: make(reference)), during)
    data = user_code(during, lambda: make(candidate))
    output, got = call_once(candidate, data, during)
    tally.checked_calls += 1
    refuse(first_difference(expected, got, rule), during)
    refuse(first_difference(make(candidate), data, exact(), "input"), f"{during}, input afterwards")
    return output


def refuse(difference: Difference | None, during: str) -> None:
    """Raise Rejected when there is a difference."""
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
) -> Tally:
    """The whole proof of one candidate on one workload or seam. Raises Rejected at the first failure."""
    tally = Tally()

    def ordinary(*key: object) -> Callable[[Subject], Any]:
        stream = plan.stream(seed, "proof", *key)
        return lambda subject: subject.data(stream)

    def step(name: str, make: Callable[[Subject], Any]) -> Any:
        return compare_call(reference, candidate, make, rule, name, tally)

    kept = step("first call", ordinary("first"))
    kept_copy = snapshot(kept)
    if awkward is not None:
        count = len(list(awkward(reference)))
        for number in range(count):
            for again in range(2):
                key = plan.stream(seed, "awkward", number, again)

                def make(subject: Subject, number: int = number, key: int = key) -> Any:
                    return list(awkward(subject))[number](np.random.default_rng(key))

                step(f"awkward input {number + 1} of {count}", make)
    for call in range(soak):
        step(f"call {call + 2} in a row", ordinary("soak", call))
    refuse(first_difference(kept_copy, kept, exact(), "first result"), "a result kept from the first call")
    given = step("a call whose result is then overwritten", ordinary("owned"))
    user_code("the caller overwrites a result", lambda: scribble(given))
    step("the same input again, after its result was overwritten", ordinary("owned"))
    if change is not None:
        for subject, role in ((reference, plan.BASELINE), (candidate, "")):
            rng = np.random.default_rng(plan.stream(seed, "change"))
            with blaming(role):
                user_code("weights change", lambda s=subject, r=rng: change(s, r))  # type: ignore[misc]
        step("after the weights changed", ordinary("changed"))
    return tally
