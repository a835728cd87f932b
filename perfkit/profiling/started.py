"""A program in an interpreter of its own: started, told to begin, waited for, and ended with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from perfkit.errors import PerfkitError, UsageError
from perfkit.profilers.common.spent import Spent
from perfkit.sources import program

__all__ = ["Ended", "StartedProgram"]

_SCOPE = Path("/proc/sys/kernel/yama/ptrace_scope")
_START_S = 60.0  # for an interpreter to come up
_SHORT_S, _LONG_S = 0.001, 0.02  # between two looks at whether it has ended
_GRACE_S = 3.0  # for a program that was asked to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: its exit code, or the number of a signal as a negative one; who `stopped` it, if anybody.

    `spent` is from the first line of the program to its end. `whole`: its own clocks were read at the end too, as they
    are unless it left without ceremony (`os._exit`, a signal): then they are as they stood a moment before, and what
    other threads and children ran is one. `known`: whether they were read at all then, which takes Linux.
    """

    code: int
    spent: Spent
    whole: bool
    known: bool = True
    stopped: str = ""  # "", timeout or interrupted
    running: bool = False  # it runs on: it was only looked at


class StartedProgram:
    """One run of the words that stand after `python`. It waits, before the program's first line, to be told to begin.

    Use as a context manager: when the block ends the process is gone, and its result file too.
    """

    is_child = True

    def __init__(self, words: Sequence[str], *, stdin: IO[bytes] | None = None, stdout: int | None = None) -> None:
        """`stdin` and `stdout` are perfkit's own unless given; stderr goes where stdout goes if that is DEVNULL."""
        self._folder = tempfile.TemporaryDirectory(prefix="perfkit-")
        self._result = Path(self._folder.name) / "result"
        self._before = frozenset(psutil.Process().children(recursive=True))  # ours, and whoever else's here
        self._seen = 0, 0  # nanoseconds that the main thread ran, and stood ready without a processor
        ready, ready_in = os.pipe()
        go_out, self._go = os.pipe()
        starts = [sys.executable, program.FILE, str(ready_in), str(go_out), str(self._result), _look()]
        sys.stdout.flush()  # what perfkit has printed comes first
        try:
            self._process = subprocess.Popen(
                [*starts, *words],
                stdin=stdin,
                stdout=stdout,
                stderr=stdout if stdout == subprocess.DEVNULL else None,
                pass_fds=(ready_in, go_out),
            )
        except BaseException:
            os.close(self._go)
            self._folder.cleanup()
            raise
        finally:
            os.close(ready_in)
            os.close(go_out)
            with os.fdopen(ready, "rb") as line:
                line.read()  # until the program's interpreter closes it, or ends

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def waits(self) -> bool:
        """Whether it has not been told to begin yet."""
        return self._go >= 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._end()
        self._begin("")
        self._folder.cleanup()

    def begin(self, under: str, rate: int) -> None:
        """Let the program run, `under` what collects in its own process, a file, or under nothing there (`OUTSIDE`)."""
        self._begin(f"{under} {rate}")

    def _begin(self, line: str) -> None:
        if self._go >= 0:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._go, os.fsencode(line))
            os.close(self._go)
            self._go = -1

    def wait(self, timeout_s: float | None = None) -> Ended:
        """Until it has ended; at the `timeout_s` it is ended. Ctrl-C is the program's too, and then ends it.

        Raises UsageError for a module that there is not.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        stopped = ""
        try:
            status, usage_ns = self._reaped(lambda: deadline is not None and time.monotonic() >= deadline)
        except KeyboardInterrupt as stop:
            stopped = "interrupted"
            status, usage_ns = self._stop(getattr(stop, "code", 130) - 128)
        if status is None:
            stopped = "timeout"
            status, usage_ns = self._stop(signal.SIGTERM)
        code = os.waitstatus_to_exitcode(status if status is not None else 0)
        self._process.returncode = code  # reaped here, so that what it used is known
        return self._ended(code, usage_ns, time.perf_counter_ns(), stopped)

    def left_running(self) -> tuple[str, ...]:
        """What the program has started and left, a line for each process; known on Linux alone, within `adopting`."""
        left = [process for process in psutil.Process().children(recursive=True) if process not in self._before]
        for process in left:
            with contextlib.suppress(ChildProcessError):  # an orphan that has ended is ours to take leave of
                os.waitpid(process.pid, os.WNOHANG)
        return tuple(sorted(filter(None, map(_line_of, left))))

    def profile(self) -> bytes:
        """What a profiler of its own process saw; nothing where it did not come to that."""
        try:
            return Path(f"{self._result}.profile").read_bytes()
        except FileNotFoundError:
            return b""

    def _reaped(self, enough: Callable[[], bool]) -> tuple[int | None, int]:
        """The wait status, and what it and its children used of processors; no status when it is `enough`."""
        pause_s = _SHORT_S
        while True:
            pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
            if pid:
                return status, int((usage.ru_utime + usage.ru_stime) * 1e9)
            self._look()
            if enough():
                return None, 0
            time.sleep(pause_s)
            pause_s = min(_LONG_S, pause_s * 1.2)

    def _look(self) -> None:
        """What the main thread has run by now: asked in time, for a program may leave without a word."""
        pid = self._process.pid
        try:
            ran, queued, _ = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="ascii").split()
        except (OSError, ValueError):  # not Linux, or it has just ended
            return
        self._seen = max(self._seen[0], int(ran)), max(self._seen[1], int(queued))

    def _stop(self, number: int) -> tuple[int | None, int]:
        """Ask it to end, unless the terminal has done so; end it, and what it started, when it does not."""
        family = self._family()
        if number != signal.SIGINT or not _is_in_the_foreground():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)
        until = time.monotonic() + _GRACE_S
        status, usage_ns = self._reaped(lambda: time.monotonic() >= until)
        _kill({*family, *(self._family() if status is None else ())})
        return (status, usage_ns) if status is not None else self._reaped(lambda: False)

    def _end(self) -> None:
        _kill({psutil.Process(self._process.pid), *self._family()})
        self._process.wait()

    def _family(self) -> set[psutil.Process]:
        try:
            whole = psutil.Process(self._process.pid)
            return {whole, *whole.children(recursive=True)}
        except psutil.Error:
            return set()

    def _ended(self, code: int, usage_ns: int, now_ns: int, stopped: str) -> Ended:
        clocks = self._clocks()
        if "start" not in clocks:
            if stopped:
                return Ended(code=code, spent=Spent(), whole=False, stopped=stopped)
            raise PerfkitError("the program's interpreter did not start", hint=f"try {sys.executable} -c 'print(1)'")
        wall, queued, _, process, own = clocks["start"]
        if "end" not in clocks:
            ran, stood = self._seen
            known = ran > 0
            own_ns = max(0, min(ran if known else usage_ns, usage_ns) - own)
            spent = Spent(
                wall_ns=now_ns - wall,
                own_ns=own_ns,
                queued_ns=max(0, stood - queued) if known else 0,
                threads_ns=max(0, usage_ns - process - own_ns),
            )
            return Ended(code=code, spent=spent, whole=False, known=known, stopped=stopped)
        end_wall, end_queued, children, end_process, end_own = clocks["end"]
        spent = Spent(
            wall_ns=end_wall - wall,
            own_ns=end_own - own,
            queued_ns=end_queued - queued,
            threads_ns=(end_process - process) - (end_own - own),
            children_ns=usage_ns - end_process if children else 0,  # the interpreter's own end is none of theirs
        )
        return Ended(code=code, spent=spent, whole=True, stopped=stopped)

    def _clocks(self) -> dict[str, tuple[int, int, int, int, int]]:
        try:
            lines = self._result.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        found: dict[str, tuple[int, int, int, int, int]] = {}
        for what, *numbers in map(str.split, lines):
            if what == "absent":
                hint = "is it installed here? a script is named by its path, with .py"
                raise UsageError(f"there is no module to run: {' '.join(numbers)}", hint=hint)
            wall, queued, children, process, own = map(int, numbers)
            found[what] = wall, queued, children, process, own
        return found


def _look() -> str:
    """ "1" where the system lets only a parent look into a process, and the process may say otherwise."""
    try:
        return "1" if _SCOPE.read_text(encoding="ascii").strip() == "1" else "0"
    except OSError:
        return "0"


def _is_in_the_foreground() -> bool:
    """Whether Ctrl-C on the terminal reaches this process and the program alike."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _line_of(process: psutil.Process) -> str:
    """The number of a process and its command; "" where it has ended."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"process {process.pid}, {' '.join(process.cmdline())}"
    except psutil.Error:
        return ""


def _kill(processes: set[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
