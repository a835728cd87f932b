"""What goes on when no call is under way: threads and processes that somebody started, and whether they work."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfkit.worker.state.origin import files_of_catalogues

__all__ = ["Running", "adopting", "busy_after", "end", "in_words", "open_files", "processes", "running"]
__all__ += ["running_after"]

_IDLE_LOOKS = 2  # in a row: on a busy machine one may come while the other thread waits its turn
_IDLE_SHARE = 0.3  # of one core: a process that waits uses next to nothing
_ENDING_S = 0.5  # for what was told to end to be gone
_SWITCH_S = 1e-5  # that a thread which computes keeps the interpreter's lock; by default 5 ms
_SET_CHILD_SUBREAPER, _GET_CHILD_SUBREAPER = 36, 37  # prctl(2)
_HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")  # Python's own, one a process


@dataclass(frozen=True, slots=True)
class Running:
    """The Python threads and the processes that run beside the main thread: by identity, and by number."""

    threads: frozenset[threading.Thread]
    processes: frozenset[int]

    def beyond(self, before: Running) -> Running:
        """Those that did not run before."""
        return Running(self.threads - before.threads, self.processes - before.processes)


def running() -> Running:
    """What runs now. Native threads of libraries are not counted: their pools start them when they like."""
    threads = frozenset(t for t in threading.enumerate() if not _is_of_a_compiler(t))
    return Running(threads, frozenset(p.pid for p in processes()))


def running_after(before: Running, threads: int = 0, children: int = 0) -> Running:
    """What runs beyond `before`, once what is ending has had time to; no wait where it is few enough."""
    give_up = time.monotonic() + _ENDING_S
    while True:
        now = running().beyond(before)
        if (len(now.threads) <= threads and len(now.processes) <= children) or time.monotonic() >= give_up:
            return now
        time.sleep(0.01)


def in_words(threads: Collection[threading.Thread], allowed: int) -> str:
    """How many threads there are, and where the recipe started or left the first that tells."""
    count = f"{len(threads)} thread{'s' * (len(threads) != 1)}"
    declared = f", and declares {allowed}" if allowed else ""
    return f"{count} running ({_whereabouts(threads)}){declared}"


def _whereabouts(threads: Collection[threading.Thread]) -> str:
    files, frames = files_of_catalogues(), sys._current_frames()
    for thread in threads:
        frame = frames.get(thread.ident or 0)
        for line in reversed(traceback.extract_stack(frame)) if frame else ():
            if line.filename in files:
                return f"{thread.name}, at {line.filename.rpartition('/')[2]}:{line.lineno}"
    return min(thread.name for thread in threads)


def processes() -> list[Any]:
    """Every process that this one has started and that still runs, also those that were handed to its reaper."""
    import psutil

    this = first = psutil.Process()
    with contextlib.suppress(psutil.Error):
        reaper = this.parent()
        if reaper is not None and "perfkit.worker.reaper" in reaper.cmdline():
            first = reaper
    with _soon():
        # once: every look reads what the system tells of each process that there is
        found = first.children(recursive=True) if sys.platform != "linux" else [*_below(first.pid)]
        return [p for p in found if p != this and _counts(p)]


@contextmanager
def _soon() -> Iterator[None]:
    """Wait for no thread that computes: each file that is read lets go of the lock, and a look reads hundreds."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def _below(pid: int) -> Iterator[Any]:
    """As `psutil.Process(pid).children(recursive=True)`, at a quarter of the cost: most often there are none."""
    import psutil

    of: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError):
                of.setdefault(_parent(name), []).append(int(name))
    left = of.pop(pid, [])
    while left:
        child = left.pop()
        left += of.pop(child, [])
        with contextlib.suppress(psutil.Error):
            yield psutil.Process(child)


def _parent(pid: str) -> int:
    file = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    try:
        return int(
            os.read(file, 1024).rpartition(b")")[2].split(None, 2)[1]
        )  # a name may hold anything but the last ")"
    finally:
        os.close(file)


def _counts(process: Any) -> bool:
    import psutil

    try:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        line = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return not any(helper in line for helper in _HELPERS)


def _is_of_a_compiler(thread: threading.Thread) -> bool:
    """Whether torch.compile or Triton has started it: they keep a pool, and one that looks after tqdm's bars."""
    target = getattr(thread, "_target", None)
    home = getattr(target, "__module__", None) or type(thread).__module__
    return isinstance(home, str) and home.startswith(("torch.", "triton.", "tqdm."))


def open_files() -> int:
    """How many file descriptors this process holds."""
    import psutil

    return int(psutil.Process().num_fds())


@contextmanager
def adopting() -> Iterator[None]:
    """Have orphans handed to this process for a while, so that one who leaves its parent is still seen."""
    if sys.platform != "linux":
        yield
        return
    libc, was = ctypes.CDLL(None), ctypes.c_int()
    libc.prctl(_GET_CHILD_SUBREAPER, ctypes.byref(was))
    libc.prctl(_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        libc.prctl(_SET_CHILD_SUBREAPER, was.value)


def end(pids: Collection[int]) -> None:
    """End processes that measured code has left, and wait until they are gone."""
    import psutil

    for pid in pids:
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def busy_after(patience_s: float = 1.0, look_s: float = 0.02) -> bool:
    """Whether this process and its children go on working while nobody calls them.

    Thread pools spin for some milliseconds before they sleep; so it is only true of work that outlasts the patience.
    """
    give_up = time.monotonic() + patience_s
    idle = 0
    while idle < _IDLE_LOOKS:
        children_s = _children_s()  # looking for them takes time of our own, so that is read inside
        wall_s, own_s = time.monotonic(), time.process_time()
        time.sleep(look_s)
        own_s, wall_s = time.process_time() - own_s, time.monotonic() - wall_s
        used_s = own_s + max(0.0, _children_s() - children_s)
        idle = idle + 1 if used_s < _IDLE_SHARE * wall_s and not _wants_to_run() else 0
        if idle == 0 and time.monotonic() >= give_up:
            return True
    return False


def _wants_to_run() -> bool:
    """Whether another thread, or one of a child, runs or waits for a processor, which a busy machine may not give it.

    Known on Linux alone. One that waits for the interpreter's lock has it while the file is read.
    """
    own = threading.get_native_id()
    pids = (os.getpid(), *(p.pid for p in processes()))
    with _soon():
        for task in (task for pid in pids for task in Path(f"/proc/{pid}/task").glob("*")):
            with contextlib.suppress(OSError):
                if task.name != str(own) and task.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "R":
                    return True
    return False


def _children_s() -> float:
    """Seconds of processor time of the processes that this one has started and that still run."""
    import psutil

    used = 0.0
    for child in processes():
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            used += times.user + times.system
    return used
