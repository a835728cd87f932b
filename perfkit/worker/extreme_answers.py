"""Extreme inputs of a workload, tried on baseline and candidate: the worker's part.

What counts is only what the baseline answers for certain: it is asked twice, by two instances, and where the two
disagree, or memory runs out, nothing is asked of the candidate. `perfkit.session.try_extremes` decides what to try.
"""

from __future__ import annotations

import contextlib
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import psutil

from perfkit import schedule
from perfkit.equivalence import Equivalence
from perfkit.protocol.extremes import Attempted, Expected
from perfkit.tree import Difference, UnknownType, copy, first_difference, leaves
from perfkit.tree.difference import text
from perfkit.tree.extreme_inputs import variants
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.proof.prove import call_once
from perfkit.worker.subject import Subject

__all__ = ["ExtremeAnswers", "Raised", "leave_room", "outcome_difference"]

_ROLES = (schedule.BASELINE, schedule.CONTROL, schedule.CANDIDATE)
_ROOM = 4 << 30  # bytes of memory beside what is in use: a size of 2**31 must not take the machine down
_DURING = "an extreme input"
_LONGEST = 60  # characters of an exception's message
_NANS = ("nan", "(nan+nanj)", "(nan+0j)", "nanj")


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception, by its type and message, in the place of an output."""

    type: str
    message: str
    out_of_memory: bool = False

    @classmethod
    def of(cls, error: BaseException) -> Raised:
        """What is known of an exception that was raised."""
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        try:
            said = " ".join(str(error).split())
        except Exception:  # an exception of the user's, which may raise in turn
            said = ""
        out_of_memory = name.endswith("MemoryError") or "allocate memory" in said  # torch has no type of its own for it
        return cls(name, said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…", out_of_memory)

    def alike(self, other: Raised, *, message: bool = False) -> bool:
        """Whether a caller would see the same exception: its type, and its message where that counts."""
        return self.type == other.type and (not message or self.message == other.message)

    def __str__(self) -> str:
        return f"raises {self.type}" + (f" ({self.message})" if self.message else "")


def outcome_difference(expected: Any, got: Any, rule: Equivalence) -> Difference | None:
    """How two outcomes of a call differ, each an observation or a `Raised`; None where they are alike.

    Exceptions are alike by their type. A NaN is a NaN, whatever its bits, and where an output is too small for the
    rule's tolerance to tell it from zero, nothing is said.
    """
    if isinstance(expected, Raised) and isinstance(got, Raised):
        same = expected.alike(got)
    elif isinstance(expected, Raised) or isinstance(got, Raised):
        same = False
    else:
        difference = first_difference(_one_nan(expected), _one_nan(got), rule)
        if difference is None or difference.got == str(rule) or difference.expected == difference.got in _NANS:
            return None
        return msgspec.structs.replace(difference, max_abs=None, would_pass=None)
    why = "a different outcome"
    return None if same else Difference(where="output", index=None, expected=_said(expected), got=_said(got), why=why)


def _said(outcome: Any) -> str:
    return str(outcome) if isinstance(outcome, Raised) else f"gives {text(outcome)}"


def _one_nan(tree: Any) -> Any:
    """The same snapshot, with one kind of NaN in its arrays: which one comes out depends on the order of operations."""
    for array in leaves(tree):
        if array.dtype.kind in "fc" and array.flags.writeable:
            array[np.isnan(array)] = np.nan
    return tree


class ExtremeAnswers:
    """The extremes of one workload's own input, and the three instances they are tried on.

    Instances serve as long as they answer as they should; a difference counts as the extreme's own where it shows on
    fresh ones too.
    """

    def __init__(
        self, baseline: Callable[[], Subject], candidate: Callable[[], Subject], rule: Equivalence, seed: int
    ) -> None:
        """`baseline` and `candidate` build an instance each; all are called once, on an ordinary input."""
        self._build = {schedule.BASELINE: baseline, schedule.CONTROL: baseline, schedule.CANDIDATE: candidate}
        self._rule = rule
        self._stream = schedule.stream(seed, "extremes")
        self._subjects: dict[str, Subject] = {}
        self._used: set[int] = set()  # extremes that the instances have seen
        self._expected: Any = None
        for role in _ROLES:
            with blaming(role), _no_warnings():
                subject = self._subject(role)
                call_once(subject, user_code(_DURING, lambda s=subject: s.data(self._stream)), "a call before extremes")  # type: ignore[misc]
        example = user_code(_DURING, lambda: self._subjects[schedule.BASELINE].data(self._stream))
        self.names = [name for name, _ in user_code(_DURING, lambda: variants(example))]

    def expect(self, number: int) -> Expected:
        """Ask the baseline twice: whether it answers for certain, and in how many nanoseconds."""
        start = time.perf_counter_ns()
        first = self._outcome(schedule.BASELINE, number)
        elapsed_ns = time.perf_counter_ns() - start
        usable = _counts(first)
        if usable:
            again = self._outcome(schedule.CONTROL, number)
            with blaming(schedule.BASELINE):
                usable = _counts(again) and self._difference(first, again) is None
        self._expected = first
        if not usable:
            self._let_go()
        return Expected(usable=usable, elapsed_ns=elapsed_ns)

    def attempt(self, number: int) -> Attempted:
        """Ask the candidate what the baseline was asked last: the difference, and whether it takes others before it."""
        got = self._outcome(schedule.CANDIDATE, number)
        if not _counts(got):
            self._let_go()
            return Attempted(usable=False, difference=None, alone=True)
        with blaming(schedule.CANDIDATE):
            difference = self._difference(self._expected, got)
        alone = True
        if difference is not None and self._used != {number}:
            confirmed = self._on_fresh(number)
            difference, alone = confirmed or difference, confirmed is not None
        if difference is not None or isinstance(self._expected, Raised):
            self._let_go()
        return Attempted(usable=True, difference=difference, alone=alone)

    def _on_fresh(self, number: int) -> Difference | None:
        """The difference that an extreme makes to instances that have seen nothing else."""
        self._let_go()
        if not self.expect(number).usable:
            return None
        got = self._outcome(schedule.CANDIDATE, number)
        with blaming(schedule.CANDIDATE):
            return self._difference(self._expected, got) if _counts(got) else None

    def _subject(self, role: str) -> Subject:
        if role not in self._subjects:
            self._subjects[role] = self._build[role]()
        return self._subjects[role]

    def _let_go(self) -> None:
        for role, subject in self._subjects.items():
            with blaming(role), contextlib.suppress(Rejected):  # it may have been left half-way
                user_code("closing", subject.close)
        self._subjects.clear()
        self._used.clear()

    def _outcome(self, role: str, number: int) -> Any:
        """What one role gives for an extreme: a snapshot of what is observed, or what it raises. None: not known."""
        with blaming(role), _no_warnings():
            subject = self._subject(role)
            self._used.add(number)
            try:
                data = user_code(_DURING, lambda: variants(subject.data(self._stream))[number][1]())
                _, seen = call_once(subject, data, _DURING)
                return (user_code(_DURING, lambda: copy(seen)),)
            except Rejected as rejected:
                if rejected.__cause__ is None:  # it changes what the whole process shares
                    raise
                return Raised.of(rejected.__cause__)
            except UnknownType:  # of a value that cannot be compared
                return None

    def _difference(self, expected: Any, got: Any) -> Difference | None:
        before, after = (one if isinstance(one, Raised) else one[0] for one in (expected, got))
        found: Difference | None = user_code(_DURING, lambda: outcome_difference(before, after, self._rule))
        return found


def _counts(outcome: Any) -> bool:
    """Whether an outcome is known and its own: not the end of the memory that it was left."""
    return outcome is not None and not (isinstance(outcome, Raised) and outcome.out_of_memory)


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Whatever numpy and others say of such inputs is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def leave_room() -> None:
    """Let this process take no more than so much memory on top, where the system can say how much it has."""
    torch = sys.modules.get("torch")
    if sys.platform != "linux" or (torch is not None and torch.cuda.is_initialized()):  # which maps all that there is
        return
    used = psutil.Process().memory_info().vms
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or used + _ROOM < hard:
        resource.setrlimit(resource.RLIMIT_AS, (used + _ROOM, hard))
