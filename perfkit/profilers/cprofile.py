"""cProfile: every call of the calling thread, counted and clocked.

It sees Python functions and C functions called from Python, on one thread: time that a pool's threads spend shows as
waiting. Its hook runs at every call, so code made of many small Python calls looks dearer than it is.
"""

from __future__ import annotations

import cProfile
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from perfkit.profilers.profile import HotSpot
from perfkit.profilers.stacks import Seams

__all__ = ["C", "Key", "Table", "codes", "collect", "folded", "hotspots", "merged", "table"]

Key = tuple[str, int, str]  # file, line, function
# pstats' own: calls that were not recursive, calls, own seconds, inclusive seconds, and the same by caller
Table = dict[Key, tuple[int, int, float, float, dict[Key, tuple[int, int, float, float]]]]
C = "~"  # the file of a C function


def collect(steps: Iterable[Callable[[], None]]) -> tuple[int, list[Any]]:
    """Run `steps` under cProfile: nanoseconds, and the table as [key, calls, seconds and codes, its callers]."""
    profiler = cProfile.Profile()
    elapsed_ns = 0
    for step in steps:
        start = time.perf_counter_ns()
        profiler.enable()
        step()
        profiler.disable()
        elapsed_ns += time.perf_counter_ns() - start
    entries = profiler.getstats()
    return elapsed_ns, merged(
        (
            _label(e.code),
            e.callcount,
            e.reccallcount,
            e.inlinetime,
            e.totaltime,
            [(_label(s.code), s.callcount, s.reccallcount, s.inlinetime, s.totaltime) for s in e.calls or ()],
        )
        for e in entries
    )


Called = tuple[Key, int, int, float, float]  # calls, recursive ones among them, own seconds, inclusive seconds
Entry = tuple[Key, int, int, float, float, Sequence[Called]]  # the same, and what it calls


def merged(entries: Iterable[Entry]) -> list[Any]:
    """What the profiler has, as [key, calls, seconds and codes, its callers]: functions of one label become one.

    Not by pstats: it keeps one of several functions with the same label, as all that dataclasses write have.
    """
    found: dict[Key, tuple[list[float], dict[Key, list[float]]]] = {}
    known = list(entries)
    for key, calls, recursive, own, total, _ in known:
        _add(found.setdefault(key, ([0, 0, 0.0, 0.0, 0], {}))[0], calls - recursive, calls, own, total, 1)
    for key, _, _, _, _, below in known:
        for callee, calls, recursive, own, total in below:
            _add(found[callee][1].setdefault(key, [0, 0, 0.0, 0.0]), calls, calls - recursive, own, total)
    return [
        [key, numbers, list(callers.items())]
        for key, (numbers, callers) in found.items()
        if "_lsprof.Profiler" not in key[2]
    ]


def _label(code: Any) -> Key:
    return (C, 0, code) if isinstance(code, str) else (code.co_filename, code.co_firstlineno, code.co_name)


def _add(numbers: list[float], *more: float) -> None:
    for i, value in enumerate(more):
        numbers[i] += value


def table(raw: Sequence[Any], root: tuple[str, str]) -> Table:
    """What `collect` gave, as pstats keeps it, without the function `root` (file, name) that runs the region."""
    found: Table = {}
    for key, numbers, callers in raw:
        if (key[0], key[2]) != root:
            edges = {tuple(k): tuple(edge) for k, edge in callers if (k[0], k[2]) != root}
            found[tuple(key)] = (*numbers[:4], edges)
    return found


def codes(raw: Sequence[Any]) -> dict[Key, int]:
    """How many functions stand behind each label of what `collect` gave."""
    return {tuple(key): numbers[4] for key, numbers, _ in raw}


def hotspots(found: Table, seams: Seams) -> tuple[HotSpot, ...]:
    """Every function, the largest own time first."""
    spots = [
        HotSpot(_name(key), key[0], key[1], int(own * 1e9), int(inclusive * 1e9), calls, seams.get(key[:2]))
        for key, (_, calls, own, inclusive, _) in found.items()
    ]
    return tuple(sorted(spots, key=lambda h: -h.self_ns))


def folded(found: Table) -> dict[tuple[str, int], int]:
    """Own nanoseconds of each Python function, (file, line), with those of the C functions it calls itself.

    That is what a sampler sees that knows Python frames only.
    """
    own_ns: dict[tuple[str, int], int] = {}
    for key, (_, _, own, _, callers) in found.items():
        if key[0] != C:
            own_ns[key[:2]] = own_ns.get(key[:2], 0) + int(own * 1e9)
            continue
        for caller, edge in callers.items():
            if caller[0] != C:
                own_ns[caller[:2]] = own_ns.get(caller[:2], 0) + int(edge[2] * 1e9)
    return own_ns


def _name(key: Key) -> str:
    if key[0] != C:
        return key[2]
    return key[2].removeprefix("<built-in method ").removeprefix("<method ").removesuffix(">")
