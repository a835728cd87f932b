"""First calls: each in a fork of this process in which no role has been called yet, so that nothing is remembered.

What is forked holds all that was imported, and what inputs are made with. The clock runs in the fork; how long the call
took comes back through a pipe. What it gives is not compared here: the proof has compared first calls, and the
measuring of later ones goes on comparing.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from perfkit import schedule
from perfkit.protocol import breadcrumb
from perfkit.protocol.measuring import RoundSample
from perfkit.worker import forks
from perfkit.worker.guard import Rejected, blaming
from perfkit.worker.sampler import RoleState
from perfkit.worker.state import random_state
from perfkit.worker.subject import MacroSubject
from perfkit.worker.timer import Timer

__all__ = ["ColdCalls"]


@dataclass(slots=True)
class ColdCalls:
    """Takes the samples of one group in one process, as a Sampler does, one call each."""

    group: str
    seed: int
    process: int
    states: dict[str, RoleState]
    reference: RoleState
    timer: Timer

    def pilot(self, role: str) -> None:
        """See what a call gives that has to be waited for, and about how long it takes."""
        state = self.states[role]
        subject = _macro(state)

        def look() -> dict[str, Any]:
            argument = subject.prepare(subject.data(self._stream("pilot")))
            start = time.perf_counter_ns()
            subject.once(*argument) if subject.star else subject.once(argument)
            return {"ns": time.perf_counter_ns() - start, "lateness": subject.lateness.flags()}

        said = _in_a_fork("a first call", look)
        for name, late in said["lateness"].items():
            setattr(subject.lateness, name, late or getattr(subject.lateness, name))
        state.call_ns = float(said["ns"])

    def round(self, number: int, order: Sequence[str]) -> list[RoundSample]:
        """The first call of every role of `order`. Raises Rejected."""
        samples = []
        for position, role in enumerate(order):
            with blaming(role):
                elapsed_ns = self._sample(self.states[role], number)
            samples.append(RoundSample(role=role, position=position, loops=1, elapsed_ns=elapsed_ns, flags=()))
        return samples

    def finish(self) -> None:
        """Nothing has been kept."""

    def tail(self, role: str) -> list[int]:
        """None: each sample is a call already."""
        return []

    def _sample(self, state: RoleState, number: int) -> int:
        subject, stream = _macro(state), self._stream("round", number)

        def call() -> dict[str, Any]:
            random_state.set_generators(stream)
            argument = subject.prepare(subject.data(stream))
            timed = subject.without_looking()
            self.timer.time_calls(_nothing, [()])  # what the clock itself pays for at first
            elapsed_ns, _ = self.timer.time_calls(timed, [argument], star=subject.star)
            return {"ns": elapsed_ns}

        return int(_in_a_fork(f"first call of round {number}", call)["ns"])

    def _stream(self, *key: object) -> int:
        return schedule.stream(self.seed, self.process, self.group, *key)


def _macro(state: RoleState) -> MacroSubject:
    if not isinstance(state.subject, MacroSubject):
        raise TypeError("a seam is cold on a table of its own")
    return state.subject


def _nothing(argument: Any) -> None:
    """A call that does nothing."""


def _in_a_fork(during: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` gives in a fork of this process, which then ends. Raises Rejected where it raises or dies."""
    breadcrumb.mark(during=during)
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: those of libraries wait for work
        child = os.fork()
    if child == 0:
        _answer(write, work)
    os.close(write)
    with os.fdopen(read, "rb") as answers:
        said = answers.readline()  # not to its end: what the call has started may hold the pipe open
    _, status = os.waitpid(child, 0)
    if not said:
        code = os.waitstatus_to_exitcode(status)
        raise Rejected(during, error=f"its process ended with status {code} before it answered")
    answer: dict[str, Any] = json.loads(said)
    if "error" in answer:
        raise Rejected(during, error=answer["error"])
    return answer


def _answer(write: int, work: Callable[[], dict[str, Any]]) -> None:
    """The fork's whole life: nothing of what the process does at its end happens here."""
    process, forked = os.getpid(), forks.count()
    try:
        said = work()
    except BaseException as error:
        forks.end_if_forked(process, error)
        said = {"error": f"{type(error).__name__}: {error}"}
    forks.end_if_forked(process)
    if forks.returned(forked) is not None:
        said = {"error": forks.RETURNED}
    try:
        os.write(write, json.dumps(said).encode() + b"\n")
    finally:
        os._exit(0)
