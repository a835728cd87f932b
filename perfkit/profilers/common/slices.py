"""How long the calling thread runs between two calls or returns: what a sampler that looks only then can tell apart.

pyinstrument takes its samples at calls and returns. What runs longer than the time between two samples is seen; what
runs shorter, but for a good part of it, is given to whatever the next call or return belongs to, each time the same.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

__all__ = ["blurred", "collect"]

_ENOUGH_NS = 300_000_000
_FINE = 20  # slices of a twentieth of the interval are many to a sample: they are caught in proportion


def collect(steps: Iterable[Callable[[], None]]) -> tuple[int, list[list[int]]]:
    """Run `steps` with a hook at each call and return: nanoseconds; [power of 2, nanoseconds in slices so long]."""
    sizes: dict[int, int] = {}
    clock = time.thread_time_ns  # what stands still is no slice, and a neighbour's load must not stretch one
    last = clock()

    def hook(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal last
        slice_ns = clock() - last
        size = slice_ns.bit_length()
        sizes[size] = sizes.get(size, 0) + slice_ns
        last = clock()

    elapsed_ns = 0
    for step in steps:
        start = last = clock()
        sys.setprofile(hook)
        try:
            step()
        finally:
            sys.setprofile(None)
        elapsed_ns += clock() - start
        if elapsed_ns > _ENOUGH_NS:
            break
    return elapsed_ns, [[size, ns] for size, ns in sorted(sizes.items())]


def blurred(sizes: Iterable[tuple[int, int]], interval_ns: float) -> float:
    """The part of the time in slices shorter than `interval_ns`, and not so short that chance is even: 0…1."""
    known = list(sizes)
    whole = sum(ns for _, ns in known) or 1
    return sum(ns for size, ns in known if interval_ns / _FINE < 2.0**size and 2.0 ** (size - 1) < interval_ns) / whole
