"""A sampler that watches a process from outside, as a program of its own: started, waited for, ended, read."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.common.stacks import Stacks
from perfkit.reasons import signal_name

__all__ = ["OTHERS", "ExternalSampler"]

OTHERS = "--with pyinstrument,cprofile does without"
_ATTACH_S, _WRITE_S = 20.0, 120.0


class ExternalSampler:
    """Samples a process for as long as the `with` block runs; `stacks` and `notes` thereafter.

    A subclass says how its program is called (`name`), what it prints when it samples (`ready`), what of its words mean
    that it may not look (`refusals`), and reads what it wrote. Raises ProfilerUnavailable when the program is not
    allowed to look, or dies.
    """

    name: ClassVar[str]
    ready: ClassVar[bytes]
    refusals: ClassVar[tuple[str, ...]]
    stacks: Stacks
    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._said = b""
        self._folder = tempfile.TemporaryDirectory(prefix="perfkit-")
        self._output = Path(self._folder.name) / "stacks"

    def command(self, output: Path) -> Sequence[str]:
        """The program and its arguments: it samples until SIGINT, then writes `output` and ends."""
        raise NotImplementedError

    def read(self, text: str, said: bytes) -> tuple[Stacks, tuple[str, ...]]:
        """What it wrote, and notes on it. Raises ValueError for what cannot be read."""
        raise NotImplementedError

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it, without waiting for its first sample: another may start beside it meanwhile."""
        if self._process is None:
            with _heeding_sigint():
                self._process = subprocess.Popen(
                    self.command(self._output),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C is for perfkit, which ends it
                )
        return self._process

    def __enter__(self) -> Self:
        self.launch()
        try:
            self._wait_for_the_first_sample()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._stop()
        finally:
            self.end()

    def _wait_for_the_first_sample(self) -> None:
        output = self.launch().stdout
        if output is None:
            raise self._failure()
        deadline = time.monotonic() + _ATTACH_S
        while self.ready not in self._said:
            ready, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(output.fileno(), 1 << 16) if ready else b""
            self._said += chunk
            if not chunk:
                raise self._failure()

    def _stop(self) -> None:
        process = self.launch()
        process.send_signal(signal.SIGINT)  # it ends by writing what it has
        try:
            self._said += process.communicate(timeout=_WRITE_S)[0]
        except subprocess.TimeoutExpired:
            raise self._failure() from None
        if process.returncode != 0 or not self._output.exists():
            raise self._failure()
        text = self._output.read_text(encoding="utf-8", errors="replace")
        try:
            self.stacks, self.notes = self.read(text, self._said)
        except ValueError as error:
            raise ProfilerUnavailable(f"{self.name} wrote what cannot be read: {error}", hint=OTHERS) from error

    def end(self) -> None:
        """End it, whatever it does; its samples are lost unless they have been read. Twice is harmless."""
        process = self.launch()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._folder.cleanup()

    def _failure(self) -> ProfilerUnavailable:
        """Why there are no samples, from what the program said and how it ended."""
        said = self._said.decode("utf-8", "replace")
        code = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self.launch().wait(timeout=1.0)
        if any(word in said.lower() for word in self.refusals):
            return ProfilerUnavailable(
                f"{self.name} may not look into another process here (ptrace is not permitted)",
                hint=f"run as root, with kernel.yama.ptrace_scope=0, or a container with SYS_PTRACE; {OTHERS}",
            )
        if code is not None and code < 0:
            return ProfilerUnavailable(f"{self.name} was ended by {signal_name(-code)}", hint=f"again, or {OTHERS}")
        lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
        return ProfilerUnavailable(f"{self.name} gave no samples: {lines[-1]}", hint=OTHERS)


@contextlib.contextmanager
def _heeding_sigint() -> Iterator[None]:
    """Have what is started meanwhile heed SIGINT, by which it is asked for its samples, where this process ignores it.

    A shell's background job does. A handler is not inherited, unlike being ignored.
    """
    ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    if not ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
