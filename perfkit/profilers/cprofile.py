"""cProfile: every call of the calling thread, counted and clocked.

It sees Python functions and C functions called from Python, on one thread: time that a pool's threads spend shows as
waiting. Its hook runs at every call, so code made of many small Python calls looks dearer than it is.
"""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from perfkit.profilers.profile import HotSpot, Profile

__all__ = ["collect"]

_Key = tuple[str, int, str]  # file, line, function


def collect(call: Callable[[Any], Any], arguments: Sequence[Any], seams: Mapping[_Key, str]) -> Profile:
    """Profile one call for each argument; the bare time is taken of the second half, without the profiler.

    `seams` names the seam that each of the table's functions stands for. Needs an even number of arguments.
    """
    half = len(arguments) // 2
    profiler = cProfile.Profile()
    start = time.perf_counter_ns()
    profiler.enable()
    for argument in arguments[:half]:
        call(argument)
    profiler.disable()
    total_ns = time.perf_counter_ns() - start
    start = time.perf_counter_ns()
    for argument in arguments[half:]:
        call(argument)
    bare_ns = time.perf_counter_ns() - start
    stats: dict[_Key, tuple[int, int, float, float, Any]] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    hotspots = [
        HotSpot(
            function=_name(key),
            file=key[0],
            line=key[1],
            self_ns=int(own * 1e9),
            total_ns=int(inclusive * 1e9),
            calls=calls,
            seam=seams.get(key),
        )
        for key, (_, calls, own, inclusive, _) in stats.items()
        if "_lsprof.Profiler" not in key[2]
    ]
    hotspots.sort(key=lambda h: -h.self_ns)
    return Profile(profiler="cprofile", passes=half, total_ns=total_ns, bare_ns=bare_ns, hotspots=tuple(hotspots))


def _name(key: _Key) -> str:
    return key[2].removeprefix("<built-in method ").removeprefix("<method ").rstrip(">")
