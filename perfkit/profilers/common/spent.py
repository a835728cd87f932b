"""Where the wall time of some work went by the system's own clocks: running here, on other threads, in children."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import msgspec
import psutil

__all__ = ["Spent", "children_ns", "now"]

_QUEUED = Path("/proc/thread-self/schedstat")  # psutil does not know it


class Spent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nanoseconds: of the wall clock, and of processors that worked for it.

    `own_ns` is the calling thread's, `queued_ns` how long it stood ready and had no processor (0 where the system does
    not tell); `threads_ns` and `children_ns` are of all other threads and of child processes, which may overlap it.
    """

    wall_ns: int = 0
    own_ns: int = 0
    queued_ns: int = 0
    threads_ns: int = 0
    children_ns: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})

    def __sub__(self, other: Spent) -> Spent:
        return Spent(**{name: getattr(self, name) - getattr(other, name) for name in self.__struct_fields__})

    @property
    def running_ns(self) -> int:
        """How long the calling thread ran; never more than the wall time."""
        return max(0, min(self.own_ns, self.wall_ns))

    @property
    def waiting_ns(self) -> int:
        """How long it did not: asleep, or waiting for something or somebody."""
        return self.wall_ns - self.running_ns

    @property
    def asleep_ns(self) -> int:
        """The part of the waiting in which it was not ready to run: what it waited for has a name in the program."""
        return max(0, self.waiting_ns - max(0, self.queued_ns))

    @property
    def all_running_ns(self) -> int:
        """The calling thread, the other threads and the children together: what a sampler of all of them can see."""
        return self.running_ns + max(0, self.threads_ns) + max(0, self.children_ns)


def now(*, start: bool) -> Spent:
    """The clocks as they stand, without the children's; the wall clock is read last at a `start`, first at an end."""
    if start:
        queued_ns, process_ns, own_ns = _queued_ns(), time.process_time_ns(), time.thread_time_ns()
        wall_ns = time.perf_counter_ns()
    else:
        wall_ns = time.perf_counter_ns()
        own_ns, process_ns, queued_ns = time.thread_time_ns(), time.process_time_ns(), _queued_ns()
    return Spent(wall_ns=wall_ns, own_ns=own_ns, queued_ns=queued_ns, threads_ns=process_ns - own_ns)


def _queued_ns() -> int:
    try:
        return int(_QUEUED.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):  # not Linux, or a kernel that does not count it
        return 0


def children_ns() -> int:
    """Processor time of all child processes so far, those that have ended and those that live."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.Error:  # it has just ended
            continue
        seconds += times.user + times.system + times.children_user + times.children_system
    return int(seconds * 1e9)
