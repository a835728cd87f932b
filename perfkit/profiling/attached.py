"""A process that runs already: looked at for a while, and left alone."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import psutil

from perfkit.errors import UsageError
from perfkit.profilers.common.spent import Spent
from perfkit.profiling.started import Ended

__all__ = ["AttachedProgram", "command_of"]

_LOOK_S = 0.01  # between two looks at whether it still runs


class AttachedProgram:
    """The process `pid`. It is neither started nor ended here: `wait` gives what it used while it was looked at."""

    is_child = False

    def __init__(self, pid: int) -> None:
        """Raises UsageError where there is no such process."""
        try:
            self._process = psutil.Process(pid)
        except (psutil.Error, ValueError, OverflowError):
            raise UsageError(f"there is no process {pid}", hint="pgrep -af python lists those of Python") from None
        self.pid = pid
        self._start = Spent()

    @property
    def waits(self) -> bool:
        """It never does: it cannot be run again under another profiler."""
        return False

    def begin(self, under: str, rate: int) -> None:
        """The clocks as they stand."""
        self._start = self._clocks(Spent())

    def wait(self, timeout_s: float | None = None) -> Ended:
        """Look on until it ends, for `timeout_s`, or until Ctrl-C."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        now, stopped = self._start, ""
        try:
            while self._runs():
                now = self._clocks(now)
                if deadline is not None and time.monotonic() >= deadline:
                    break
                time.sleep(_LOOK_S)
        except KeyboardInterrupt:
            stopped = "interrupted"
        return Ended(
            code=0, spent=now - self._start, whole=False, known=now.own_ns > 0, stopped=stopped, running=self._runs()
        )

    def _runs(self) -> bool:
        return self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE

    def _clocks(self, before: Spent) -> Spent:
        """What it has used so far; `before` where it has just ended."""
        try:
            times = self._process.cpu_times()
            children = self._process.children(recursive=True)
            below = sum(sum(_times(child)) for child in children) + times.children_user + times.children_system
            ran, queued, _ = Path(f"/proc/{self.pid}/task/{self.pid}/schedstat").read_text(encoding="ascii").split()
        except psutil.Error:
            return before
        except (OSError, ValueError):  # not Linux: the main thread's own clock is not known
            return Spent(wall_ns=time.perf_counter_ns(), threads_ns=int((times.user + times.system) * 1e9))
        return Spent(
            wall_ns=time.perf_counter_ns(),
            own_ns=int(ran),
            queued_ns=int(queued),
            threads_ns=int((times.user + times.system) * 1e9) - int(ran),
            children_ns=int(below * 1e9),
        )


def _times(process: psutil.Process) -> tuple[float, float]:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0, 0.0
    return times.user, times.system


def command_of(pid: int) -> str:
    """What a process is called; "" where that cannot be known."""
    try:
        return shlex.join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""
