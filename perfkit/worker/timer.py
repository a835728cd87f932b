"""The timed timed_loop, and how fine the clock is.

The whole cost of measuring sits in these two loops: one call, one argument, no list of results. Integer
nanoseconds all the way, because a float would round them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

__all__ = ["Clock", "at_depth", "perf_clock", "resolution_ns", "timed_each", "timed_loop", "timed_loop_star"]


class Clock(Protocol):
    """Nanoseconds of a monotonic clock; a test hands in its own."""

    def __call__(self) -> int:
        """The time now."""


perf_clock: Clock = time.perf_counter_ns


def timed_loop(call: Callable[[Any], Any], arguments: Sequence[Any], clock: Clock) -> tuple[int, Any]:
    """Call once for each argument; return (elapsed nanoseconds, the last result)."""
    result = None
    start = clock()
    for argument in arguments:
        result = call(argument)
    return clock() - start, result


def timed_loop_star(call: Callable[..., Any], arguments: Sequence[Any], clock: Clock) -> tuple[int, Any]:
    """As `timed_loop`, for a seam, whose argument is a tuple of positional arguments."""
    result = None
    start = clock()
    for argument in arguments:
        result = call(*argument)
    return clock() - start, result


def timed_each(call: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], clock: Clock) -> list[int]:
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


def resolution_ns(clock: Clock = perf_clock, tries: int = 200) -> int:
    """The smallest step the clock was seen to take, in nanoseconds; at least 1.

    A clock that does not move within 10,000 readings gives up with what was seen.
    """
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
