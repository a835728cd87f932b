"""First calls on a device: kernels are compiled, tuned and captured in them, and none of that is to be measured."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["until_level"]

_ALIKE, _SPREAD, _MOST = 3, 1.5, 16


def until_level(call_ns: Callable[[int], int]) -> int:
    """Make calls, each of which answers what it took, until three in a row took about as long; 16 at most.

    A compiler may take its time again at the second or third call. Answers how many calls were made.
    """
    taken: list[int] = []
    while len(taken) < _MOST:
        taken.append(call_ns(len(taken)))
        last = taken[-_ALIKE:]
        if len(last) == _ALIKE and max(last) <= _SPREAD * min(last):
            break
    return len(taken)
