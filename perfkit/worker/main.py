"""The measuring process: forked by `perfkit.worker.reaper`, spoken to by `perfkit.session.worker_process`.

It reads one request a line from its command descriptor and answers each with one line that carries the request's
number (`perfkit.protocol`); it is sent names and seeds, never code or pickles. Everything it is asked to time happens
between two lines, so that talking is never on the clock. When the command descriptor closes it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from perfkit.errors import PerfkitError
from perfkit.machine import environment
from perfkit.protocol import breadcrumb
from perfkit.protocol.failing import Rejection, WorkerError
from perfkit.protocol.opening import Open, Opened
from perfkit.protocol.record import Record, Request
from perfkit.protocol.wire import Command, Ok, Reply, read_command, request_of, write
from perfkit.sources.open_source import open_source
from perfkit.worker import forks, thread_errors
from perfkit.worker.guard import Rejected
from perfkit.worker.handlers.counting import Counting
from perfkit.worker.handlers.extremes import Extremes
from perfkit.worker.handlers.measuring import Measuring
from perfkit.worker.handlers.peak_memory import Peaks
from perfkit.worker.handlers.profiling import Profiling
from perfkit.worker.handlers.proving import Proving
from perfkit.worker.handlers.table import Family

__all__ = ["FAMILIES", "Worker", "answer", "main"]

A = TypeVar("A", bound=Record)

FAMILIES: tuple[type[Family], ...] = (Counting, Proving, Extremes, Measuring, Peaks, Profiling)
_NOISE_BYTES, _NOISE_KEPT = 1_000_000, 20_000  # of what the measured code prints


class Worker:
    """Answers requests: at first only Open, then all about the source that was opened."""

    def __init__(self) -> None:
        self.handlers: dict[type[Request[Any]], Callable[[Any], Any]] = {Open: self.open}

    def open(self, request: Open) -> Opened:
        """Load the code under test; answer with the environment and the clock's resolution."""
        source = open_source(request.source, seed=request.seed, process=request.process)
        for family in FAMILIES:
            self.handlers.update(family(source).handlers())
        described = environment.describe() if request.describe else None
        return Opened(resolution_ns=source.timer.resolution_ns(), environment=described)

    def handle(self, request: Request[A]) -> A:
        """Do as a request says. Raises Rejected and PerfkitError."""
        handler = self.handlers.get(type(request))
        if handler is None:
            raise PerfkitError("the worker was asked to work before it was opened")
        answer: A = handler(request)
        return answer


def _settle(descriptors: Sequence[int]) -> None:
    """What a process that runs other people's code does before it begins."""
    faulthandler.enable()

    held = [*descriptors]

    def let_go() -> None:
        while held:  # once: in a fork of a fork the numbers may stand for files of its own
            os.close(held.pop())

    os.register_at_fork(after_in_child=let_go)  # a fork of the measured code must not answer in our name
    forks.listen()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: end with the reaper
        with contextlib.suppress(OSError):  # when memory runs out, this process is to be taken, and not perfkit
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def main(commands_fd: int, answers_fd: int, breadcrumb_fd: int) -> None:
    """Answer requests until the command descriptor closes."""
    _settle([commands_fd, answers_fd])
    breadcrumb.keep_in(breadcrumb.Breadcrumb(breadcrumb_fd))
    thread_errors.listen()
    sys.argv = [""]  # what a module may read when it is imported: none of these words are meant for it
    worker = Worker()
    commands, out = os.fdopen(commands_fd, "r", encoding="utf-8"), os.fdopen(answers_fd, "wb")
    try:
        for line in commands:
            reply = answer(worker, line)
            with contextlib.suppress(OSError, ValueError, AttributeError):  # the measured code may have closed it
                sys.stdout.flush()
            with contextlib.suppress(OSError):
                _cut_noise()
            out.write(write(reply))
            out.flush()
    except OSError:  # nobody can be answered any more
        os._exit(breadcrumb.LOST)
    _leave()


def _leave() -> None:
    """End at once: to take the interpreter apart with all that libraries have built takes half a second or more.

    What the measured code has registered for the end is done, its temporary files among it.
    """
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(0)


def _cut_noise() -> None:
    """Keep the end of what the measured code has printed: nobody reads more, and it must not fill the disk."""
    size = os.fstat(1).st_size
    if size > _NOISE_BYTES:
        end = os.pread(1, _NOISE_KEPT, size - _NOISE_KEPT)
        os.ftruncate(1, 0)
        os.lseek(1, 0, os.SEEK_SET)
        os.write(1, end)


def answer(worker: Worker, line: str) -> Reply[Any]:
    """Do as the request of one line says; what goes wrong is an answer too. Raises PerfkitError where it is none."""
    command = read_command(line)
    said = _said(worker, command)
    return Reply(number=command.number, said=said, threads=thread_errors.taken())


def _said(worker: Worker, command: Command) -> Ok[Any] | Rejection | WorkerError:
    try:
        return Ok(worker.handle(request_of(command)))
    except Rejected as rejected:
        return rejected.said()
    except KeyboardInterrupt:  # the user's Ctrl-C goes to perfkit; the measured code has raised this one
        role, during = breadcrumb.here()
        return Rejection(during=during, role=role, error="KeyboardInterrupt", reason="exception", difference=None)
    except PerfkitError as error:
        return WorkerError(message=error.message, hint=error.hint, code=error.code)
