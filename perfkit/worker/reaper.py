"""Ends all that a worker started, once either side is gone; a worker that hangs is `session/worker_process.py`'s.

It stands between perfkit and one measuring process, so that neither leaves anything behind.

`python -m perfkit.worker.reaper COMMANDS ANSWERS TRAIL` forks. The child becomes the worker. The parent sleeps
until the worker has ended or perfkit has (it then closes, or loses, the other end of the command pipe), ends every
process that the worker started, and ends as the worker did. On Linux orphans are handed to it, also those that moved
to a session of their own; elsewhere it finds what is still in its session. How long an answer may take is decided in
`perfkit.session.worker_process`, which then closes the pipe.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import select
import signal
import sys
import time

__all__ = ["main"]

_GRACE_S = 0.5  # for a worker to end by itself once it is no longer spoken to
_PATIENCE_S = 5.0  # for killed processes to be gone
_SET_CHILD_SUBREAPER = 36  # prctl(2)


def main(commands: int, answers: int, trail: int) -> None:
    """Fork; be the worker in the child, and its reaper in the parent. Never returns in the parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))  # no core files
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    worker = os.fork()
    if worker == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(woken)
        os.close(wake)
        gc.disable()  # importing makes no garbage
        from perfkit.worker.main import main as work  # numpy starts threads, and threads do not survive a fork

        gc.enable()
        work(commands, answers, trail)
        return
    # `answers` stays open here: it ends when this process does, not when the worker closes its own and goes on
    os.close(trail)
    status = _wait(worker, commands, woken)
    _end_strays(woken)
    _end_as(status)


def _wait(worker: int, commands: int, woken: int) -> int:
    """The worker's wait status; kills it when perfkit has gone and it does not end by itself."""
    poll = select.poll()
    poll.register(woken, select.POLLIN)
    poll.register(commands, 0)  # what is in the pipe is the worker's; only its end is of interest
    kill_at = None
    while True:
        left_ms = None if kill_at is None else max(0.0, kill_at - time.monotonic()) * 1000
        events = poll.poll(left_ms)
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 4096)
        for pid, status in _reaped():
            if pid == worker:
                return status
        if kill_at is None and any(descriptor == commands for descriptor, _ in events):
            poll.unregister(commands)
            kill_at = time.monotonic() + _GRACE_S
        elif kill_at is not None and time.monotonic() >= kill_at:
            os.kill(worker, signal.SIGKILL)
            return os.waitpid(worker, 0)[1]


def _reaped() -> list[tuple[int, int]]:
    """Every child that has ended since the last look: (pid, wait status)."""
    found = []
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found.append(ended)
    return found


def _end_strays(woken: int) -> None:
    """Kill what the worker started and left, and what that started, until nothing is left."""
    give_up = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up:
        strays = _strays()
        if not strays:
            return
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        select.select([woken], [], [], 0.05)
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 4096)
        _reaped()


def _strays() -> list[int]:
    """Our children, with all of theirs, and whatever else is in our session."""
    if sys.platform == "linux":
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                pass
        except ChildProcessError:
            return []
    import psutil

    found = {p.pid for p in psutil.Process().children(recursive=True)}
    if sys.platform != "linux":
        for pid in psutil.pids():
            with contextlib.suppress(OSError):
                if os.getsid(pid) == os.getsid(0) and pid != os.getpid():
                    found.add(pid)
    return sorted(found)


def _end_as(status: int) -> None:
    """End with the same status, or by the same signal, as the worker."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
