"""The timed loops, the clock they read, and how fine it is: a timer belongs to a device.

The whole cost of measuring sits in these loops: one call, one argument, no list of results. Integer
nanoseconds all the way, because a float would round them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

__all__ = ["Clock", "HostTimer", "Timer", "at_depth"]


class Clock(Protocol):
    """Nanoseconds of a monotonic clock; a test hands in its own."""

    def __call__(self) -> int:
        """The time now."""


class Timer(Protocol):
    """Times calls on the device they run on. `star`: each argument is a tuple of positional arguments."""

    def time_calls(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> tuple[int, Any]:
        """Call once for each argument: (elapsed nanoseconds of all, the last result)."""

    def time_each(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> list[int]:
        """The nanoseconds of each call on its own: for tails, never for a ratio."""

    def resolution_ns(self) -> int:
        """The smallest step that it was seen to take, in nanoseconds; at least 1."""


class HostTimer:
    """The processor's: a monotonic clock, read before the first call and after the last."""

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
