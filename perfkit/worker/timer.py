"""The timed loops, the clock they read, and how fine it is: a timer belongs to a device.

The whole cost of measuring sits in these loops: one call, one argument, no list of results. Integer
nanoseconds all the way, because a float would round them.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from perfkit.machine.cache_sweep import sweep
from perfkit.worker.device.protocol import Device

__all__ = ["Clock", "HostTimer", "Timer", "at_depth", "collecting"]


class Clock(Protocol):
    """Nanoseconds of a monotonic clock; a test hands in its own."""

    def __call__(self) -> int:
        """The time now."""


class Timer(Protocol):
    """Times calls on the device they run on. `star`: each argument is a tuple of positional arguments."""

    @property
    def device(self) -> Device | None:
        """What calls give their work to; None where they have done it when they return.

        With one, each call is timed by itself, and its input made just before it: nothing of the next is there yet.
        """

    def time_calls(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> tuple[int, Any]:
        """Call once for each argument: (elapsed nanoseconds of all, the last result)."""

    def time_each(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> list[int]:
        """The nanoseconds of each call on its own: for tails, never for a ratio."""

    def resolution_ns(self) -> int:
        """The smallest step that it was seen to take, in nanoseconds; at least 1."""

    def begin(self, role: str) -> None:
        """Before a sample of a role, off the clock."""

    def cool(self) -> None:
        """Throw out of the caches what is in them."""


class HostTimer:
    """The processor's: a monotonic clock, read before the first call and after the last."""

    device = None

    def __init__(self, clock: Clock = time.perf_counter_ns) -> None:
        self._clock = clock

    def time_calls(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> tuple[int, Any]:
        """See Timer."""
        return (_loop_star if star else _loop)(call, arguments, self._clock)

    def time_each(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> list[int]:
        """See Timer."""
        return _each(call, arguments if star else [(argument,) for argument in arguments], self._clock)

    def resolution_ns(self, tries: int = 200) -> int:
        """See Timer. A clock that does not move within 10,000 readings gives up with what was seen."""
        return _resolution_ns(self._clock, tries)

    def begin(self, role: str) -> None:
        """See Timer. Nothing is to be done."""

    def cool(self) -> None:
        """See Timer."""
        sweep()


def _loop(call: Callable[[Any], Any], arguments: Sequence[Any], clock: Clock) -> tuple[int, Any]:
    """Call once for each argument; return (elapsed nanoseconds, the last result)."""
    result = None
    start = clock()
    for argument in arguments:
        result = call(argument)
    return clock() - start, result


def _loop_star(call: Callable[..., Any], arguments: Sequence[Any], clock: Clock) -> tuple[int, Any]:
    """As `_loop`, for a seam, whose argument is a tuple of positional arguments."""
    result = None
    start = clock()
    for argument in arguments:
        result = call(*argument)
    return clock() - start, result


def _each(call: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], clock: Clock) -> list[int]:
    """The nanoseconds of each call on its own, with one reading of the clock in each: for tails, never for a ratio."""
    each = []
    for argument in arguments:
        start = clock()
        call(*argument)
        each.append(clock() - start)
    return each


def at_depth(frames: int, work: Callable[[], Any]) -> Any:
    """Do `work` below as many more Python frames.

    Where its frames happen to lie can cost a call dear: CPython keeps them in chunks of 16 KiB, and a call that begins
    a chunk asks the system for it each time (seen here: several times as long, for a whole process, in one role and not
    in the other). Another depth for every sample makes that the bad luck of a sample.
    """
    return at_depth(frames - 1, work) if frames else work()


@contextmanager
def collecting(*, wanted: bool) -> Iterator[None]:
    """Collect garbage meanwhile, if wanted; else that of a call is collected between rounds."""
    if wanted:
        gc.enable()
    try:
        yield
    finally:
        if wanted:
            gc.disable()


def _resolution_ns(clock: Clock, tries: int) -> int:
    smallest: int | None = None
    for _ in range(tries):
        start, now = clock(), clock()
        for _ in range(10_000):
            if now != start:
                break
            now = clock()
        if now > start:
            smallest = now - start if smallest is None else min(smallest, now - start)
    return max(1, smallest or 1)
