"""pyinstrument: samples the Python stack of the calling thread, from inside the process.

It sees one thread, and Python functions only: the time of a C function is that of its caller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perfkit.profilers.stacks import Frame, Stacks

__all__ = ["collect", "html", "stacks"]


def collect(region: Callable[[], None], rate: int) -> dict[str, Any]:
    """Run `region` under pyinstrument with `rate` samples a second: stacks with seconds, and its own session."""
    from pyinstrument import Profiler

    profiler = Profiler(interval=1 / rate, async_mode="disabled")
    profiler.start()
    region()
    session = profiler.stop()
    return {"records": session.frame_records, "session": session.to_json()}


def stacks(raw: dict[str, Any]) -> Stacks:
    """The stacks of what `collect` gave."""
    known: dict[str, Frame] = {}

    def frame(identifier: str) -> Frame:
        if identifier not in known:  # name, file and line between NULs, then attributes
            name, file, line = identifier.partition("\x01")[0].split("\x00")[:3]
            known[identifier] = name, file, int(line or 0)
        return known[identifier]

    return Stacks.of(([frame(i) for i in identifiers], int(seconds * 1e9)) for identifiers, seconds in raw["records"])


def html(session: Any) -> str:
    """The page that pyinstrument makes of a session."""
    from pyinstrument.renderers import HTMLRenderer
    from pyinstrument.session import Session

    return str(HTMLRenderer().render(Session.from_json(session)))
