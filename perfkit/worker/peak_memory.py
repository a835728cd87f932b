"""Peak memory of one variant: the most that it holds while it is built and called, above what was there before.

`tracemalloc` knows every byte that Python and NumPy ask for, and nothing that torch or another library takes by itself.
The resident set of the process holds it all, in whole pages; where the system lets a process forget its peak (Linux),
that is what it rises to. Neither is on a clock.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from perfkit.worker.subject import Subject

__all__ = ["Meter", "Resident", "Traced", "calls_torch", "highest"]

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Meter(Protocol):
    """Counts the bytes of this process."""

    def begin(self) -> int:
        """What is held now; from here on the peak counts."""

    def peak(self) -> int:
        """The most that was held since."""
        ...


class Traced:
    """What `tracemalloc` counts. A context manager: it traces within its block."""

    def __enter__(self) -> Traced:
        tracemalloc.start(1)
        return self

    def __exit__(self, *_: object) -> None:
        tracemalloc.stop()

    def begin(self) -> int:
        """As Meter."""
        gc.collect()
        tracemalloc.reset_peak()
        return tracemalloc.get_traced_memory()[0]

    def peak(self) -> int:
        """As Meter."""
        return tracemalloc.get_traced_memory()[1]


class Resident:
    """The resident set of this process."""

    @staticmethod
    def works() -> bool:
        """Whether this system lets a process forget its peak."""
        try:
            Resident().begin()
        except (OSError, KeyError, ValueError):
            return False
        return True

    def begin(self) -> int:
        """As Meter. What was freed is given back to the system first: it would be used again, and not be seen."""
        gc.collect()
        if sys.platform == "linux":
            with contextlib.suppress(AttributeError):  # a C library that has no such call keeps less
                ctypes.CDLL(None).malloc_trim(0)
        _FORGET.write_text("5", encoding="ascii")
        return self.peak()

    def peak(self) -> int:
        """As Meter."""
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
        fields = dict(line.partition(":")[::2] for line in lines)
        return int(fields["VmHWM"].split()[0]) * 1024


def highest(meter: Meter, build: Callable[[], Subject], inputs: Sequence[Any], *, built: bool = True) -> int:
    """The most bytes held while an instance is built and called once with each input, above what was there before.

    What the instance keeps from call to call counts; inputs do not. `built`: building it counts too.
    """
    base = meter.begin()
    subject = build()
    subject.invoke  # noqa: B018 - the first time it is asked for it looks at all that a call gives
    most = meter.peak() - base
    if not built:
        base, most = meter.begin(), 0
    for data in inputs:
        kept = meter.begin() - base
        argument = subject.prepare(data)
        invoke = subject.invoke
        with subject.around():
            before = meter.begin()
            output = invoke(*argument) if subject.star else invoke(argument)
            most = max(most, kept + meter.peak() - before)
        del argument, output
    if built:
        subject.close()  # a seam's would give the recording back
    return max(0, most)


def calls_torch(call: Callable[[], Any]) -> bool:
    """Whether a call, which is made, goes into torch on this thread. torch's own profiler takes seconds to begin."""
    if "torch" not in sys.modules:
        call()
        return False
    seen = False

    def watch(frame: FrameType, event: str, function: Any) -> None:
        nonlocal seen
        if event == "call":
            seen = seen or str(frame.f_globals.get("__name__")).partition(".")[0] == "torch"
        elif event == "c_call":
            owner = getattr(function, "__module__", None) or type(getattr(function, "__self__", None)).__module__
            seen = seen or str(owner).partition(".")[0] == "torch"

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    return seen
