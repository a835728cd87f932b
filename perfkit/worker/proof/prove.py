"""Run the proof of equivalence on live subjects, before and after the clock.

`perfkit.tree` says whether two outputs are equal; this decides what to call. A careless optimisation is right once:
it fails on the second input, after hundreds of calls, after the weights change, or when the caller keeps or overwrites
a result or hands in the same object again. Each of these is tried.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from perfkit import schedule
from perfkit.equivalence import Equivalence, exact
from perfkit.protocol.proving import SOAK_CALLS
from perfkit.tree import copy, first_difference
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.proof.call import (
    Answer,
    Make,
    Tally,
    answer,
    call_once,
    compare_call,
    compare_with,
    compared,
    kept_result,
    refused_alike,
)
from perfkit.worker.proof.control import TARGET, compare_control, compare_two_baselines
from perfkit.worker.proof.in_place import Pair, change_in_place
from perfkit.worker.proof.ownership import overwrite_results
from perfkit.worker.proof.soak import soak as call_often
from perfkit.worker.state.leftovers import busy_after
from perfkit.worker.subject import Subject

__all__ = ["TARGET", "Tally", "answer", "call_once", "compare_call", "compared", "prove", "refuse_busy"]

_FEWEST_CALLS, _SOAK_S = 8, 0.5  # the soak, where there is one, goes on where these end
_CONTROLLED_CALLS = 4  # in a row, that a control is compared in too

Awkward = Callable[[Subject], Iterator[Callable[[np.random.Generator], Any]]]


def prove(
    reference: Subject,
    candidate: Subject,
    rule: Equivalence,
    seed: int,
    *,
    awkward: Awkward | None = None,
    change: Callable[[Subject, np.random.Generator], None] | None = None,
    soak: int = SOAK_CALLS,
    soak_s: float = 0.0,
    only_read: bool = False,
    fresh: Callable[[str], Subject] | None = None,
    controlled: bool = False,
) -> Tally:
    """The whole proof of one candidate on one workload or seam. Raises Rejected at the first failure.

    `soak` calls are compared in a row, then it is called for `soak_s` seconds without. `only_read`: no caller writes to
    a result, so the proof does not either. `fresh` builds one more instance of a role: with it the baseline is compared
    with its control, and where that differs the rejection's reason is TARGET. `controlled`: that has been done before,
    and is done again only where the candidate differs.
    """
    steps = _Steps(reference, candidate, rule, seed, fresh)
    if fresh is not None and not controlled:
        with blaming(schedule.BASELINE):
            steps.control = fresh(schedule.BASELINE)
    try:
        steps.run(awkward, change, soak, soak_s, only_read=only_read)
    except Rejected as rejected:
        if fresh is not None and rejected.role == schedule.CANDIDATE and rejected.difference is not None:
            compare_two_baselines(lambda: fresh(schedule.BASELINE), lambda call: steps.ordinary("control", call), rule)
        raise
    return steps.tally


class _Steps:
    """The steps of one proof."""

    def __init__(
        self,
        reference: Subject,
        candidate: Subject,
        rule: Equivalence,
        seed: int,
        fresh: Callable[[str], Subject] | None,
    ) -> None:
        self.reference, self.candidate = reference, candidate
        self.rule, self.seed, self.fresh = rule, seed, fresh
        self.tally = Tally()
        self.control: Subject | None = None
        # with what each was: a result of the candidate's, what is seen of it, and of the baseline's
        self.kept: tuple[tuple[Any, Any], ...] = ()

    def ordinary(self, *key: object) -> Make:
        """Draws the input of that name as a workload does."""
        stream = schedule.stream(self.seed, "proof", *key)
        return lambda subject: subject.data(stream)

    def step_or_refusal(self, name: str, make: Make) -> None:
        """As `step`, of an input that the reference may refuse: then the candidate must, by the same exception."""
        with blaming(schedule.BASELINE):
            try:
                expected = answer(self.reference, make, name)
            except Rejected as failed:
                refused_alike(failed, self.reference, self.candidate, make, name, self.tally)
                return
        self._compared(expected, name, make)

    def step(self, name: str, make: Make) -> tuple[Answer, Answer]:
        """One compared call: what the reference gave, and the candidate."""
        with blaming(schedule.BASELINE):
            expected = answer(self.reference, make, name)
        return self._compared(expected, name, make)

    def _compared(self, expected: Answer, name: str, make: Make) -> tuple[Answer, Answer]:
        if self.control is not None:
            compare_control(expected, self.control, make, name, self.rule)  # first, so that no candidate is blamed
        return expected, compare_with(expected, self.candidate, make, self.rule, name, self.tally)

    def run(
        self,
        awkward: Awkward | None,
        change: Callable[[Subject, np.random.Generator], None] | None,
        soak: int,
        soak_s: float,
        *,
        only_read: bool,
    ) -> None:
        """All steps."""
        expected, got = self.step("first call", self.ordinary("first"))
        first = user_code("keeping a result", lambda: copy(expected.seen))
        with blaming(schedule.CANDIDATE):
            raw = kept_result(got.output, got.seen, "keeping a result")
            seen = got.seen, user_code("keeping a result", lambda: copy(got.seen))
        self.kept = raw, seen, (expected.seen, first)
        if awkward is not None:
            self._awkward(awkward)
        self._in_a_row(soak)
        self._compare_kept()
        moves = self._first_again(first)
        self._on_another_thread(moves=moves)
        if soak_s:
            call_often(
                self.reference,
                self.candidate,
                lambda key: self.ordinary("unchecked", key),
                self.rule,
                self.tally,
                seconds=soak_s,
                moves=moves,
            )
            self._compare_kept()
        if change is not None:
            self._change(change)
        pair = Pair(self.reference, self.candidate, self.fresh)
        change_in_place(pair, self.ordinary, self.rule, self.tally, moves=moves)
        if not only_read:  # last: it may wreck the baseline
            overwrite_results(
                pair.reference, pair.candidate, lambda number: self.ordinary("owned", number), self.rule, self.tally
            )

    def _awkward(self, awkward: Awkward) -> None:
        count = len(list(awkward(self.reference)))
        for number in range(count):
            for again in range(2):
                key = schedule.stream(self.seed, "awkward", number, again)

                def make(subject: Subject, number: int = number, key: int = key) -> Any:
                    return list(awkward(subject))[number](np.random.default_rng(key))

                self.step_or_refusal(f"awkward input {number + 1} of {count}", make)
        self.tally.awkward = count

    def _in_a_row(self, calls: int) -> None:
        start = time.monotonic()
        for call in range(calls):
            if call >= _FEWEST_CALLS and time.monotonic() - start > _SOAK_S:
                break  # a call this long holds many of its seams', and the timed ones follow
            if call == _CONTROLLED_CALLS:
                self.control = None
            self.step(f"call {call + 2} in a row", self.ordinary("soak", call))
        self.control = None

    def _compare_kept(self) -> None:
        """Raise Rejected where later calls have changed what the first gave, or what is seen of it.

        What is seen may be the instance's own, which calls move on: then it changes in the baseline too.
        """
        raw, seen, baseline = self.kept
        during = "a result kept from the first call, overwritten by now"
        with blaming(schedule.BASELINE):
            moved = user_code(during, lambda: first_difference(baseline[1], baseline[0], exact())) is not None
        with blaming(schedule.CANDIDATE):
            for kept, copied in (raw,) if moved else (raw, seen):
                compared(copied, kept, exact(), during, "first result")

    def _first_again(self, first: Any) -> bool:
        """Whether the baseline answers the first input otherwise than at first: its calls move what it keeps."""
        expected, _ = self.step("the first input again", self.ordinary("first"))
        return user_code("the first input again", lambda: first_difference(first, expected.seen, exact())) is not None

    def _on_another_thread(self, *, moves: bool) -> None:
        """Compare one call that another thread makes, where the baseline takes it as it does here."""
        name, make = "a call on another thread", self.ordinary("thread")
        try:
            with blaming(schedule.BASELINE):
                elsewhere = _in_a_thread(lambda: answer(self.reference, make, name))
                here = elsewhere if moves else answer(self.reference, make, name)
                if user_code(name, lambda: first_difference(here.seen, elsewhere.seen, exact())) is not None:
                    return
        except Rejected:  # it belongs to the thread that it was made on
            return
        _in_a_thread(lambda: compare_with(elsewhere, self.candidate, make, self.rule, name, self.tally))

    def _change(self, change: Callable[[Subject, np.random.Generator], None]) -> None:
        for subject, role in ((self.reference, schedule.BASELINE), (self.candidate, schedule.CANDIDATE)):
            rng = np.random.default_rng(schedule.stream(self.seed, "change"))
            with blaming(role):
                user_code("weights change", lambda s=subject, r=rng: change(s, r))  # type: ignore[misc]
        self.step("after the weights changed", self.ordinary("changed"))


def _in_a_thread(work: Callable[[], Answer]) -> Answer:
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def refuse_busy(during: str) -> None:
    """Raise Rejected when the process works on though no call is under way."""
    if busy_after():
        with blaming(schedule.CANDIDATE):
            raise Rejected(during, error="keeps running after its calls return")
