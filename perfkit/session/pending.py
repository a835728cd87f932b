"""Answers that are on their way: several workers at once, where nothing is timed."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from perfkit.protocol.record import Record

__all__ = ["Pending", "first_done"]

A = TypeVar("A", bound=Record)


@dataclass(slots=True, eq=False)
class Pending(Generic[A]):
    """A request that was sent. `answer` waits for what comes of it, and raises what `WorkerHandle.ask` raises."""

    answer: Callable[[], A]
    descriptor: int | None = None  # becomes readable when the answer comes; None: it is there already
    deadline: float = field(default_factory=time.monotonic)  # by time.monotonic()


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
