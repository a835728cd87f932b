"""A clock for a busy machine: what the processor did for this process, of which other programs take nothing away.

An effect that is planted shows in it whatever runs beside. Sleeping takes no time by it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace


def replacements() -> Iterator[tuple[object, str, object]]:
    """What has calls, and the seams within them, timed by it: an owner, the name of an attribute, and its value."""
    from perfkit.worker import sampler
    from perfkit.worker.inputs import recorder
    from perfkit.worker.timer import HostTimer

    yield HostTimer.__init__, "__defaults__", (time.process_time_ns,)
    own = SimpleNamespace(**{**vars(time), "perf_counter_ns": time.process_time_ns})
    yield recorder, "time", own
    yield sampler, "time", own
