"""pyinstrument: samples the Python stack of the calling thread, from inside the process.

It sees one thread: Python functions, and the C functions they call where those report themselves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from perfkit.profilers.stacks import Frame, Stacks

__all__ = ["collect", "html", "stacks"]

_LINE = "l"  # what begins the attribute of a frame that holds its line


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
