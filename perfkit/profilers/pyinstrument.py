"""pyinstrument: samples the Python stack of the calling thread, from inside the process.

It sees one thread: Python functions, and the C functions they call where those report themselves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from perfkit import numbers
from perfkit.profilers.common import slices
from perfkit.profilers.common.profile import Profile, hotspots
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.common.wait_places import Place, by_place, ends_waiting, working
from perfkit.profilers.in_program import pyinstrument as in_program
from perfkit.profilers.profiler import (
    TOO_SHORT,
    InProgram,
    OwnFrames,
    Profiler,
    Ran,
    Region,
    RegionProcess,
    WholeProgram,
)

__all__ = ["PYINSTRUMENT", "collect", "html", "stacks"]

_LINE = "l"  # what begins the attribute of a frame that holds its line
_SLICES = "slices"
_FEW, _SLICED_NS = 20, 5e8  # calls, and time: enough to know how it is sliced
_BLURRED = 0.1  # of the time


def collect(steps: Iterable[Callable[[], None]], rate: int) -> tuple[int, dict[str, Any]]:
    """Run `steps` under pyinstrument with `rate` samples a second: their nanoseconds, and pyinstrument's session."""
    from pyinstrument import Profiler

    profiler = Profiler(interval=1 / rate, async_mode="disabled")
    elapsed_ns = 0
    profiler.start()
    for step in steps:
        start = time.perf_counter_ns()
        step()
        elapsed_ns += time.perf_counter_ns() - start
    session = profiler.stop()
    return elapsed_ns, session.to_json()


def stacks(session: dict[str, Any], *, lines: bool = False) -> Stacks:
    """The stacks of a session; with the line that runs in each frame, and not its function's first, if `lines`."""
    known: dict[str, Frame] = {}

    def frame(identifier: str) -> Frame:
        if identifier not in known:  # name, file and line between NULs, then attributes
            place, *attributes = identifier.split("\x01")
            parts = place.rsplit("\x00", 2)
            name, file, line = parts if len(parts) == 3 else (identifier, "", "")
            line = next((a[1:] for a in attributes if lines and a.startswith(_LINE)), line)
            known[identifier] = name, file, int(line) if line.isdecimal() else 0
        return known[identifier]

    return Stacks.of(
        ([frame(i) for i in identifiers], int(seconds * 1e9)) for identifiers, seconds in session["frame_records"]
    )


def html(session: Any) -> str:
    """The page that pyinstrument makes of a session."""
    from pyinstrument.renderers import HTMLRenderer
    from pyinstrument.session import Session

    # it stands in a script, which a name of the measured code must not end
    harmless = json.loads(json.dumps(session).replace("</", "<\u2215"))
    return str(HTMLRenderer().render(Session.from_json(harmless)))


def _read(blank: Profile, ran: Ran, process: RegionProcess) -> Profile:
    wall = stacks(ran.raw).below(process.is_root, lambda stack: ())
    running = working(wall)
    running = running if running.total_ns else wall
    return replace(
        blank,
        stacks=running,
        hotspots=hotspots(running, blank.seams),
        samples=_taken(ran.raw),
        native=ran.raw,
        wall=wall,
        wall_passes=ran.passes,
    )


def _taken(session: dict[str, Any]) -> int:
    """How many samples: one for each call that outlasts the time between two."""
    return len(session["frame_records"])


def _find_blur(found: Profile, calls: int, region: Region) -> Profile:
    """A few calls more, to know which part of the time it cannot tell apart."""
    few = max(1, min(found.passes, _FEW, int(_SLICED_NS / found.bare_call_ns)))
    part = slices.blurred(region.collect(few, _SLICES, found.rate).raw, 1e9 / found.rate)
    if part < _BLURRED:
        return replace(found, blurred=part)
    note = (
        f"pyinstrument cannot be trusted here: {numbers.percent(part)} of the time lies in slices shorter than the "
        f"{numbers.time(1e9 / found.rate)} between its samples, which it takes at calls and returns; raise --rate, or "
        "--with pyspy"
    )
    return replace(found, blurred=part, notes=(*found.notes, note))


def _waits(profile: Profile) -> Mapping[Place, float]:
    if profile.wall is None:
        return {}
    return {place: ns / profile.passes for place, ns in by_place(profile.wall, ends_waiting).items()}


def _read_program(blank: Profile, kept: bytes, own: OwnFrames) -> WholeProgram:
    session = json.loads(kept)
    lined = stacks(session, lines=True).below(own.is_root, lambda stack: ())
    return WholeProgram(replace(blank, native=session, samples=_taken(session)), lined)


PYINSTRUMENT = Profiler(
    name="pyinstrument",
    title="pyinstrument",
    collect=collect,
    also={_SLICES: lambda steps, rate: slices.collect(steps)},
    read=_read,
    empty=TOO_SHORT,
    samples="at calls",
    has_stacks=True,
    without_waits=True,
    follow_up=_find_blur,
    advice=2,
    waits=_waits,
    exports={".pyinstrument.html": lambda profile: html(profile.native).encode()},
    in_program=InProgram(collector=in_program.__file__, read=_read_program),
)
