"""Hand in the same object again, changed in place: a cache that knows it by anything but all its content is wrong.

An input is made that is nearly the right one. After a call it is changed, the very same object, until it is the right
one. Only the call that follows is judged, so that the first input may be one that no caller would hand in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from perfkit import schedule
from perfkit.equivalence import Equivalence, exact
from perfkit.tree import assign, first_difference, own_parts, rearrange
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.lazy import consume
from perfkit.worker.proof.call import Make, Tally, answer, compared
from perfkit.worker.state import random_state
from perfkit.worker.subject import Subject

__all__ = ["Pair", "change_in_place"]

_DURING = "the same object again, changed in place"
# what is wrong with the input at first. None: it is another input. First what most caches fall for: the sum, the length
# and the first elements of an input with two elements swapped are those of the right one
_WAYS: tuple[Any, ...] = ("swapped", None, "last", "middle", "first")
_FEWEST, _LONGEST_S = 3, 0.2


@dataclass(slots=True)
class Pair:
    """A reference and a candidate; `renew` makes fresh ones, where an input that no caller hands in broke them."""

    reference: Subject
    candidate: Subject
    renew: Callable[[str], Subject] | None = None

    def renewed(self) -> None:
        """Replace both, where that can be done."""
        if self.renew is not None:
            with blaming(schedule.BASELINE):
                self.reference = self.renew(schedule.BASELINE)
            self.candidate = self.renew(schedule.CANDIDATE)


class _Reused:
    """An argument of one subject: wrong at first, and later right."""

    def __init__(self, subject: Subject, right: Make, other: Make, way: Any) -> None:
        self.subject = subject
        self.right = right
        first = other if way is None else right
        twin = first(subject)
        self.data = first(subject)
        self.own_data = own_parts(self.data, twin)
        self.differs = way is None or rearrange(self.data, self.own_data, way)
        twin = subject.prepare(twin)  # before the argument: preparing may reset what the argument stands for
        self.argument = subject.prepare(self.data)
        self.own = self.own_data if self.argument is self.data else own_parts(self.argument, twin)

    def call(self) -> Any:
        """What is seen of a call."""
        subject, argument = self.subject, self.argument
        random_state.set_if_drawn(_DURING)  # alike for both, as before every compared call
        with subject.around():
            output = consume.call(subject, argument)
        return subject.observe(argument, output)

    def make_right(self) -> bool:
        """Change the argument in place, or the data that it is prepared from; whether that could be done."""
        if assign(self.argument, self.subject.prepare(self.right(self.subject)), self.own):
            return True
        if self.argument is self.data or not assign(self.data, self.right(self.subject), self.own_data):
            return False
        self.argument = self.subject.prepare(self.data)
        return True


def change_in_place(
    pair: Pair, make: Callable[[str, object], Make], rule: Equivalence, tally: Tally, *, moves: bool
) -> None:
    """Try each way in which an input can be nearly right, on inputs of its own. Raises Rejected.

    `make` draws one by name and way: a cache that has once been right about an input stays so. `moves`: what the
    baseline gives depends on the calls before; then only inputs that callers hand in are tried.
    """
    start = time.monotonic()
    for number, way in enumerate(_WAYS):
        if number >= _FEWEST and time.monotonic() - start > _LONGEST_S:
            return
        if not moves or way is None:
            _try(pair, make("right", way), make("other", way), way, rule, tally, moves=moves)


def _try(pair: Pair, right: Make, other: Make, way: Any, rule: Equivalence, tally: Tally, *, moves: bool) -> None:
    with blaming(schedule.BASELINE):
        try:
            reused = _called(pair.reference, right, other, way)
        except Rejected:  # it does not take this input, so nobody need
            pair.renewed()
            return
        if reused is None or not user_code(_DURING, reused.make_right):
            return
        expected = user_code(_DURING, reused.call)
        if not moves:
            fresh = answer(pair.reference, right, _DURING)
            if user_code(_DURING, lambda: first_difference(expected, fresh.seen, exact())) is not None:
                return  # it remembers by the object too: that must be what the contract says
    with blaming(schedule.CANDIDATE):
        try:
            reused = _called(pair.candidate, right, other, way)
        except Rejected:
            pair.renewed()
            return
        tally.calls_of_one_instance += 2
        if reused is not None and user_code(_DURING, reused.make_right):
            tally.checked_calls += 1
            compared(expected, user_code(_DURING, reused.call), rule, _DURING)


def _called(subject: Subject, right: Make, other: Make, way: Any) -> _Reused | None:
    """Call once on what is nearly the right input; None where it cannot be made."""

    def work() -> _Reused | None:
        reused = _Reused(subject, right, other, way)
        if not reused.differs:
            return None
        reused.call()
        return reused

    found: _Reused | None = user_code(_DURING, work)
    return found
