"""cProfile: every call of the calling thread, counted and clocked.

It sees Python functions and C functions called from Python, on one thread: time that a pool's threads spend shows as
waiting. Its hook runs at every call, so code made of many small Python calls looks dearer than it is.
"""

from __future__ import annotations

import ast
import cProfile
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from perfkit.profilers.common.call_table import C, Callee, Entry, Key, Table, codes, folded, hotspots, merged, table
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.stacks import Frame
from perfkit.profilers.common.wait_places import Place, called
from perfkit.profilers.common.waits import is_library, waits, waits_in_c
from perfkit.profilers.in_program import cprofile as in_program
from perfkit.profilers.profiler import InProgram, OwnFrames, Profiler, Ran, RegionProcess, WholeProgram

__all__ = ["CPROFILE", "collect"]

_DEEPEST = 60  # callers of a function of the library that are followed


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
    return elapsed_ns, merged(
        Entry(
            _label(e.code),
            e.callcount,
            e.reccallcount,
            e.inlinetime,
            e.totaltime,
            [Callee(_label(s.code), s.callcount, s.reccallcount, s.inlinetime, s.totaltime) for s in e.calls or ()],
        )
        for e in profiler.getstats()
    )


def _label(code: Any) -> Key:
    return Key(C, 0, code) if isinstance(code, str) else Key(code.co_filename, code.co_firstlineno, code.co_name)


def _read(blank: Profile, ran: Ran, process: RegionProcess) -> Profile:
    return _of_raw(blank, ran.raw, process.root)


def _of_raw(blank: Profile, raw: Sequence[Any], root: tuple[str, str]) -> Profile:
    found = table(raw, root)
    return replace(blank, hotspots=hotspots(found, blank.seams), native=found, codes=codes(raw))


def _read_program(blank: Profile, kept: bytes, own: OwnFrames) -> WholeProgram:
    raw = merged(
        Entry(Key(*label), calls, recursive, own_s, total_s, [Callee(Key(*callee), *more) for callee, *more in callees])
        for label, calls, recursive, own_s, total_s, callees in ast.literal_eval(kept.decode())
    )
    theirs = [
        [key, numbers, [(caller, edge) for caller, edge in callers if caller.file not in own.files]]
        for key, numbers, callers in raw
        if key.file not in own.files
    ]
    return WholeProgram(_of_raw(blank, theirs, own.root))


def _only_waits(key: Key) -> bool:
    """Whether a function only waits; one of Python does so in itself, if not in what it calls."""
    return waits_in_c(key.function) if key.file == C else waits(key.function, key.file)


def _busy(profile: Profile) -> Mapping[tuple[str, int], float]:
    """Own time of functions without those that only wait."""
    found: Table = profile.native
    return folded({key: row for key, row in found.items() if not _only_waits(key)})


def _hooked(profile: Profile) -> Mapping[tuple[str, int], float]:
    """How often the hook was paid for each function, called or calling, in one call of the workload."""
    found: Table = profile.native
    hooked: dict[tuple[str, int], float] = {}
    for key, row in found.items():
        hooked[key[:2]] = hooked.get(key[:2], 0.0) + row.calls / profile.passes
        for caller, edge in row.callers.items():
            hooked[caller[:2]] = hooked.get(caller[:2], 0.0) + edge.direct_calls / profile.passes
    return hooked


def _waits(profile: Profile) -> Mapping[Place, float]:
    """Own time of C functions that only wait, by the function outside of the library that leads to most of it."""
    known: Table = profile.native
    found: dict[Place, float] = {}
    for key, row in known.items():
        if not (key.file == C and _only_waits(key)):
            continue
        for caller, edge in row.callers.items():
            place = _above(known, (key.function, key.file, 0), caller)
            found[place] = found.get(place, 0.0) + edge.own_s * 1e9 / profile.passes
    return found


def _above(known: Table, what: Frame, caller: Key) -> Place:
    """Up from a function that waits, each time to the caller that spends most in it, until the library's own end."""
    for _ in range(_DEEPEST):
        file, line, function = caller
        if file != C and not is_library(file):
            return called(what), (function, file, line)
        what = function, file, line
        above = known[caller].callers if caller in known else {}
        if not above:
            return called(what), None
        caller = max(above, key=lambda key: above[key].total_s)
    return called(what), None


def _pstats(profile: Profile) -> bytes:
    import pstats

    with tempfile.TemporaryDirectory(prefix="perfkit-") as folder:
        path = Path(folder) / "stats"
        pstats.Stats(cast(Any, _Plain(profile.native))).dump_stats(path)
        return path.read_bytes()


class _Plain:
    """What pstats takes a profiler for. It writes plain tuples, and knows no others."""

    def __init__(self, found: Table) -> None:
        self.stats = {
            tuple(key): (*row[:4], {tuple(caller): tuple(edge) for caller, edge in row.callers.items()})
            for key, row in found.items()
        }

    def create_stats(self) -> None:
        """Nothing to do: they are there."""


CPROFILE = Profiler(
    name="cprofile",
    title="cProfile",
    collect=lambda steps, rate: collect(steps),
    read=_read,
    empty="the workload makes no call",
    advice=4,
    waits=_waits,
    busy=_busy,
    hooked=_hooked,
    exports={".pstats": _pstats, ".prof": _pstats},
    in_program=InProgram(collector=in_program.__file__, read=_read_program),
)
