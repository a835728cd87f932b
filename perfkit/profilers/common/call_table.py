"""A table of calls, as cProfile and pstats have it, by names: every function, how often it was called, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from perfkit.profilers.common.profile import HotSpot
from perfkit.profilers.common.stacks import Seams

__all__ = ["C", "Callee", "Edge", "Entry", "Key", "Row", "Table", "codes", "folded", "hotspots", "merged", "table"]

C = "~"  # the file of a C function


class Key(NamedTuple):
    """The label that a function has in the table; several may share one."""

    file: str
    line: int
    function: str


class Edge(NamedTuple):
    """The calls of a function from one caller: how many, those not recursive, own and inclusive seconds."""

    calls: int
    direct_calls: int
    own_s: float
    total_s: float


class Row(NamedTuple):
    """One function of the table: calls that were not recursive, all calls, own and inclusive seconds, its callers.

    In the order in which pstats has them, which is another one than an `Edge` has.
    """

    direct_calls: int
    calls: int
    own_s: float
    total_s: float
    callers: dict[Key, Edge]


Table = dict[Key, Row]


class Callee(NamedTuple):
    """What the profiler has of a function that another one calls."""

    key: Key
    calls: int
    recursive_calls: int
    own_s: float
    total_s: float


class Entry(NamedTuple):
    """What the profiler has of a function."""

    key: Key
    calls: int
    recursive_calls: int
    own_s: float
    total_s: float
    callees: Sequence[Callee]


def merged(entries: Iterable[Entry]) -> list[Any]:
    """What the profiler has, as [key, calls, seconds and codes, its callers]: functions of one label become one.

    Not by pstats: it keeps one of several functions with the same label, as all that dataclasses write have.
    """
    found: dict[Key, tuple[list[float], dict[Key, list[float]]]] = {}
    known = list(entries)
    for entry in known:
        numbers, _ = found.setdefault(entry.key, ([0, 0, 0.0, 0.0, 0], {}))
        direct = entry.calls - entry.recursive_calls
        _add(numbers, direct, entry.calls, entry.own_s, entry.total_s, 1)
    for entry in known:
        for callee in entry.callees:
            _, callers = found[callee.key]
            edge = callers.setdefault(entry.key, [0, 0, 0.0, 0.0])
            _add(edge, callee.calls, callee.calls - callee.recursive_calls, callee.own_s, callee.total_s)
    return [
        [key, numbers, list(callers.items())]
        for key, (numbers, callers) in found.items()
        if "_lsprof.Profiler" not in key.function
    ]


def _add(numbers: list[float], *more: float) -> None:
    for i, value in enumerate(more):
        numbers[i] += value


def table(raw: Sequence[Any], root: tuple[str, str]) -> Table:
    """What `merged` gave, as pstats keeps it, without the function `root` (file, name) that runs the region."""
    found: Table = {}
    for label, (direct, calls, own_s, total_s, *_), callers in raw:
        key = Key(*label)
        if (key.file, key.function) != root:
            edges = {Key(*caller): Edge(*edge) for caller, edge in callers if (caller[0], caller[2]) != root}
            found[key] = Row(direct, calls, own_s, total_s, edges)
    return found


def codes(raw: Sequence[Any]) -> dict[tuple[str, int, str], int]:
    """How many functions stand behind each label of what `merged` gave."""
    return {Key(*label): numbers[4] for label, numbers, _ in raw}


def hotspots(found: Table, seams: Seams) -> tuple[HotSpot, ...]:
    """Every function, the largest own time first."""
    spots = [
        HotSpot(
            _name(key),
            key.file,
            key.line,
            int(row.own_s * 1e9),
            int(row.total_s * 1e9),
            row.calls,
            seams.get((key.file, key.line)),
        )
        for key, row in found.items()
    ]
    return tuple(sorted(spots, key=lambda h: -h.self_ns))


def folded(found: Table) -> dict[tuple[str, int], int]:
    """Own nanoseconds of each Python function, (file, line), with those of the C functions it calls itself.

    That is what a sampler sees that knows Python frames only.
    """
    own_ns: dict[tuple[str, int], int] = {}
    for key, row in found.items():
        if key.file != C:
            own_ns[key[:2]] = own_ns.get(key[:2], 0) + int(row.own_s * 1e9)
            continue
        for caller, edge in row.callers.items():
            if caller.file != C:
                own_ns[caller[:2]] = own_ns.get(caller[:2], 0) + int(edge.own_s * 1e9)
    return own_ns


def _name(key: Key) -> str:
    if key.file != C:
        return key.function
    return key.function.removeprefix("<built-in method ").removeprefix("<method ").removesuffix(">")
