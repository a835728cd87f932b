"""Answers that are on their way: several workers at once, where nothing is timed."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from perfkit.protocol.record import Record

__all__ = ["Pending", "Waiting", "beside_each_other", "first_done"]

A = TypeVar("A", bound=Record)


@dataclass(slots=True, eq=False)
class Pending(Generic[A]):
    """A request that was sent. `answer` waits for what comes of it, and raises what `WorkerHandle.ask` raises."""

    answer: Callable[[], A]
    descriptor: int | None = None  # becomes readable when the answer comes; None: it is there already
    deadline: float = field(default_factory=time.monotonic)  # by time.monotonic()


# work that goes on once one of what it yields has something to say
Waiting = Generator[Collection[Pending[Any]], None, None]


def beside_each_other(tasks: Iterable[Waiting], at_once: int = 1, idle: Callable[[], None] = lambda: None) -> None:
    """Do so many of some tasks at a time, each as soon as what it waits for is there. None is begun before its turn.

    What one raises ends the others, as does whatever interrupts the waiting. `idle` is called while the last of several
    leave room for something else.
    """
    left = iter(tasks)
    waits: dict[Waiting, Collection[Pending[Any]]] = {}
    try:
        while True:
            while len(waits) < at_once and (task := next(left, None)) is not None:
                _go_on(task, waits)
            if not waits:
                return
            if len(waits) < at_once:
                idle()
            done = first_done(one for waiting in waits.values() for one in waiting)
            _go_on(next(task for task, waiting in waits.items() if done in waiting), waits)
    finally:
        for task in waits:
            task.close()


def _go_on(task: Waiting, waits: dict[Waiting, Collection[Pending[Any]]]) -> None:
    waits.pop(task, None)
    waiting = next(task, None)
    if waiting is not None:
        waits[task] = waiting


def first_done(waiting: Iterable[Pending[Any]]) -> Pending[Any]:
    """The first of some that has something to say, or whose time is up. Waits for it."""
    pending = list(waiting)
    there = [one for one in pending if one.descriptor is None]
    if there:
        return there[0]
    next_due = min(pending, key=lambda one: one.deadline)
    by_descriptor = {one.descriptor: one for one in pending if one.descriptor is not None}
    ready, _, _ = select.select(list(by_descriptor), [], [], max(0.0, next_due.deadline - time.monotonic()))
    return by_descriptor[ready[0]] if ready else next_due
