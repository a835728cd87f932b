"""The parent's side of a worker: start it, ask it, wait for its answer, notice its death, and leave nothing behind.

How long an answer may take is `Settings.timeout_s` (`--timeout`), or the `within_s` of who asks. A worker that takes
longer is no longer spoken to: its pipe is closed, and `worker/reaper.py` then kills it with all that it started.
`pending.py` waits for several at once.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import IO, Protocol, Self, TypeVar

from perfkit import numbers
from perfkit.errors import CatalogError, PerfkitError, RecipeConflict, UsageError, WorkFailed
from perfkit.protocol.breadcrumb import LOST, read_breadcrumb
from perfkit.protocol.failing import Rejection, WorkerError
from perfkit.protocol.record import Record, Request
from perfkit.protocol.wire import Command, Reply, read_reply, write
from perfkit.reasons import Cause, signal_name
from perfkit.session.pending import Pending

__all__ = ["Heard", "Pending", "RejectedOutput", "WorkerHandle", "WorkerProcess", "close_all", "unpack"]

A = TypeVar("A", bound=Record)

Heard = Callable[[str, str, int], None]  # what a thread raised: while which role ran, what, and how often
_MOST_BYTES = 1 << 30  # of one answer; stacks of a long profile are a hundredth of it
_REAPER_S = 10.0  # a reaper that needs longer to end its worker is itself ended

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_FRAME_OF_OURS = tuple(f'  File "{os.path.join(_OURS, part)}{os.sep}' for part in ("worker", "sources", "session"))
_IMPORTING = "importing "
_MUST_RETURN = "what is measured must return: have it raise an exception instead of ending the process"
_MEANT_TO_RUN = 'what a module does as a program belongs under if __name__ == "__main__":'

_BY_CODE: dict[int, type[PerfkitError]] = {2: UsageError, 4: RecipeConflict, 5: WorkFailed}


class RejectedOutput(Exception):
    """The worker answered that an output is not right, or that code of the target's or a candidate's raised."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.during)
        self.rejection = rejection


class WorkerHandle(Protocol):
    """A worker as a session drives it; when its block ends it is gone, with all that it has started."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def ask(self, request: Request[A], *, about: str, within_s: float | None = None) -> A:
        """Send one request and wait for its answer."""

    def send(self, request: Request[A], *, about: str, within_s: float | None = None) -> Pending[A]:
        """Send one request; its answer must be waited for before the next is sent."""
        ...

    def noise(self, lines: int = 8) -> str:
        """What the measured code printed last."""

    def end(self) -> None:
        """Have the worker begin to end, which takes it a while: `close` waits for it."""

    def close(self) -> None:
        """End the worker."""


class WorkerProcess:
    """One fresh interpreter. Use as a context manager: it is gone, with its children, when the block ends."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        timeout_s: float,
        heard: Heard = lambda role, what, count: None,
    ) -> None:
        """`heard` is told what threads of the measured code raise."""
        self._timeout_s = timeout_s
        self._heard = heard
        self._noise = _temporary()  # what the measured code prints; shown when it dies
        self._breadcrumb = _temporary()  # where it is
        commands_out, self._commands = os.pipe()
        self._answers, answers_in = os.pipe()
        given = (commands_out, answers_in, self._breadcrumb.fileno())
        try:
            self._process = subprocess.Popen(
                # -P: a file of the current folder must not stand in for a module of ours
                [sys.executable, "-P", "-m", "perfkit.worker.reaper", *map(str, given)],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=self._noise,
                stderr=self._noise,
                pass_fds=given,
                start_new_session=True,
            )
        except OSError:  # there is no room for one more process: nobody closes these later
            os.close(self._commands)
            os.close(self._answers)
            raise
        finally:
            os.close(commands_out)
            os.close(answers_in)
        self._pending = b""
        self._ending = self._closed = False
        self._number = random.SystemRandom().randrange(1 << 48)  # of the last request; not to be hit by accident

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, request: Request[A], *, about: str, within_s: float | None = None) -> A:
        """Send one request and wait for its answer: `within_s`, or else as long as any may take.

        Raises RejectedOutput when the candidate's output is not right, WorkFailed when the process died or ran out
        of time (naming `about`), and the worker's own PerfkitError otherwise.
        """
        return self.send(request, about=about, within_s=within_s).answer()

    def send(self, request: Request[A], *, about: str, within_s: float | None = None) -> Pending[A]:
        """Send one request. Its answer raises what `ask` raises; `within_s` counts from now on."""
        self._number += 1
        within_s = within_s or self._timeout_s
        deadline = time.monotonic() + within_s
        with contextlib.suppress(BrokenPipeError):  # it has ended, which is seen where its answer is waited for
            os.write(self._commands, write(Command(number=self._number, request=request)))

        def answer() -> A:
            reply = read_reply(self._line(about, within_s, deadline), request, self._number)
            if reply is None:
                raise self._failure(about, "the measured code wrote into perfkit's own channel", "exit")
            for raised in reply.threads:
                self._heard(raised.role, raised.what, raised.count)
            return unpack(reply)

        return Pending(answer, self._answers, deadline)

    def end(self) -> None:
        """Speak to it no more: it ends, and its reaper ends everything that it started."""
        if self._ending:
            return
        self._ending = True
        for descriptor in (self._commands, self._answers):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def close(self) -> None:
        """End the worker and everything that it started, and wait for it. Closing twice is harmless."""
        self.end()
        if self._closed:
            return
        self._closed = True
        try:
            self._process.wait(timeout=_REAPER_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
            self._process.wait()
        self._noise.close()
        self._breadcrumb.close()

    def _line(self, about: str, within_s: float, deadline: float) -> bytes:
        chunks = [self._pending]
        size = len(self._pending)
        while b"\n" not in chunks[-1]:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                hint = "raise --timeout if the work is honestly that long"
                raise self._failure(about, f"no answer within {numbers.given_seconds(within_s)}", "timeout", hint)
            chunk = os.read(self._answers, 1 << 16)
            if not chunk:
                raise self._death(about)
            chunks.append(chunk)  # joined once: an answer may be large
            size += len(chunk)
            if size > _MOST_BYTES:
                raise self._failure(about, "the measured code wrote without end into perfkit's own channel", "exit")
        line, _, self._pending = b"".join(chunks).partition(b"\n")
        return line

    def _death(self, about: str) -> WorkFailed:
        code = self._process.wait()
        said = self.noise()
        tail = "".join(f"\n| {line}" for line in said.splitlines())  # must not read as a line of ours
        if code == -signal.SIGKILL:
            words = f"killed, probably out of memory{tail}"
            return self._failure(about, words, "out-of-memory", "try a smaller --size")
        if code < 0:
            name = signal_name(-code)
            return self._failure(about, f"ended by {name}{tail}", name)
        if code == LOST:
            return self._failure(about, "the measured code closed perfkit's own file descriptors", "exit")
        return self._failure(about, f"the process ended itself with status {code}{tail}", "exit", _MUST_RETURN)

    def _failure(self, about: str, words: str, reason: Cause, hint: str = "") -> WorkFailed:
        """What happened, to whom, and where the worker was when it did."""
        role, during = read_breadcrumb(self._breadcrumb.fileno())
        if during.startswith(_IMPORTING):  # says more exactly of what than `about` does
            about, hint = "", _MEANT_TO_RUN if reason in ("timeout", "exit") else hint
        where = ", ".join(w for w in (about, role, during) if w) or "starting a process"
        return WorkFailed(f"{where}: {words}", hint=hint, reason=reason, role=role)

    def noise(self, lines: int = 8) -> str:
        """What the measured code printed last; of a crash, the lines that say where."""
        size = os.fstat(self._noise.fileno()).st_size
        # pread, because the worker writes through the same file offset
        text = os.pread(self._noise.fileno(), 20_000, max(0, size - 20_000)).decode("utf-8", "replace")
        _, crash, after = text.partition("Fatal Python error: ")
        if crash:
            return "\n".join(_users_part((crash + after).splitlines())[:lines])
        return "\n".join(text.splitlines()[-lines:])


def _users_part(dump: Sequence[str]) -> list[str]:
    """Of the dump of a crash what says where in the user's code: our own frames have called it, and stand below it."""
    ours = next((n for n, line in enumerate(dump) if line.startswith(_FRAME_OF_OURS)), len(dump))
    extensions = next((n for n, line in enumerate(dump) if line.startswith("Extension modules:")), len(dump))
    return [line for line in dump[: min(ours, extensions)] if line.strip()]


def close_all(workers: Iterable[WorkerHandle]) -> None:
    """Close workers that end beside each other: one that is busy is given half a second."""
    ending = list(workers)
    for worker in ending:
        worker.end()
    for worker in ending:
        worker.close()


def unpack(reply: Reply[A]) -> A:
    """What a worker answered. Raises RejectedOutput, or the worker's own PerfkitError."""
    said = reply.said
    if isinstance(said, Rejection):
        raise RejectedOutput(said)
    if isinstance(said, WorkerError):
        raise _BY_CODE.get(said.code, CatalogError)(said.message, hint=said.hint)
    return said.answer


def _temporary() -> IO[bytes]:
    """A nameless file that only this process and those it passes it to can reach."""
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        reason = error.strerror or str(error)
        raise PerfkitError(
            f"no temporary file can be made: {reason}", hint="set TMPDIR to a folder of yours"
        ) from error
