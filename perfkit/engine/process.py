"""The parent's side of a worker: start it, ask it, notice its death, and leave nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from perfkit.errors import CatalogError, PerfkitError, RecipeConflict, UsageError, WorkFailed

__all__ = ["RejectedOutput", "WorkerProcess"]

_BY_CODE: dict[int, type[PerfkitError]] = {2: UsageError, 4: RecipeConflict}


class RejectedOutput(Exception):
    """The worker answered that a candidate's output is not right; `report` is `Rejected.to_json()`."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__(report["during"])
        self.report = report


class WorkerProcess:
    """One fresh interpreter. Use as a context manager: it is gone, with its children, when the block ends."""

    def __init__(self, environment: Mapping[str, str], *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        commands_out, self._commands = os.pipe()
        self._answers, answers_in = os.pipe()
        self._noise = tempfile.TemporaryFile()  # what the measured code prints; shown when it dies
        try:
            self._process = subprocess.Popen(
                # -P: a file of the current folder must not stand in for a module of ours
                [sys.executable, "-P", "-m", "perfkit.engine.worker", str(commands_out), str(answers_in)],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=self._noise,
                stderr=self._noise,
                pass_fds=(commands_out, answers_in),
                start_new_session=True,
            )
        finally:
            os.close(commands_out)
            os.close(answers_in)
        self._pending = b""
        self.usable = True  # false once it died or did not answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, do: str, *, about: str, **request: Any) -> dict[str, Any]:
        """Send one request and wait for its answer.

        Raises RejectedOutput when the candidate's output is not right, WorkFailed when the process died or ran out
        of time (naming `about`), and the worker's own PerfkitError otherwise.
        """
        try:
            os.write(self._commands, (json.dumps({"do": do, **request}) + "\n").encode())
        except BrokenPipeError:
            raise self._death(about) from None
        answer = json.loads(self._line(about))
        if "rejected" in answer:
            raise RejectedOutput(answer["rejected"])
        if "error" in answer:
            error = answer["error"]
            raise _BY_CODE.get(error["code"], CatalogError)(error["message"], hint=error["hint"])
        ok: dict[str, Any] = answer["ok"]
        return ok

    def close(self) -> None:
        """End the worker and everything in its session."""
        for descriptor in (self._commands, self._answers):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=0.5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._noise.close()

    def _line(self, about: str) -> bytes:
        deadline = time.monotonic() + self._timeout_s
        while b"\n" not in self._pending:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                self.usable = False
                raise WorkFailed(
                    f"{about}: no answer within {self._timeout_s:g} s",
                    hint="raise --timeout if the work is honestly that long",
                    reason="timeout",
                )
            chunk = os.read(self._answers, 1 << 16)
            if not chunk:
                raise self._death(about)
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _death(self, about: str) -> WorkFailed:
        self.usable = False
        code = self._process.wait()
        said = self.noise()
        tail = f"\n{said}" if said else ""
        if code == -signal.SIGKILL:
            return WorkFailed(
                f"{about}: killed, probably out of memory{tail}",
                hint="try a smaller --size",
                reason="out-of-memory",
            )
        if code < 0:
            name = signal.Signals(-code).name
            return WorkFailed(f"{about}: ended by {name}{tail}", reason=name)
        return WorkFailed(f"{about}: the process ended itself with status {code}{tail}", reason="exit")

    def noise(self, lines: int = 8) -> str:
        """What the measured code printed last; of a crash, the lines that say where."""
        size = os.fstat(self._noise.fileno()).st_size
        # pread, because the worker writes through the same file offset
        text = os.pread(self._noise.fileno(), 20_000, max(0, size - 20_000)).decode("utf-8", "replace")
        _, crash, after = text.partition("Fatal Python error: ")
        if crash:
            return "\n".join((crash + after).splitlines()[:lines])
        return "\n".join(text.splitlines()[-lines:])
