"""py-spy: samples every thread of a process from outside, C extensions too where it is asked and allowed to.

It needs the right to look into another process (ptrace), and slows the work by no more than its pauses.
"""

from __future__ import annotations

import contextlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.stacks import Frame, Stacks, is_python, read_collapsed, thread_frame

__all__ = ["Spy", "elsewhere", "in_thread"]

_OTHERS = "--with pyinstrument,cprofile does without"
_ATTACH_S, _WRITE_S = 20.0, 120.0
_READY = b"Sampling process"
_BEHIND = re.compile(rb"[0-9.]+m?s behind in sampling")
_COMMAND = re.compile(
    r'process (?P<pid>\d+):"(?P<command>.*?)"(?=;thread \(|;process \d+:"| \d+$)', re.DOTALL | re.MULTILINE
)
_ENDS = re.compile(r"[;\s]+")
_LONGEST = 120  # of a command
_PROCESS = re.compile(r'process (?P<pid>\d+):"?(?P<command>.*?)"?')
_NUMBER = re.compile(r"[-_ ]?\d+$")  # of a pool's thread
_THREAD = re.compile(r"thread \([^)]*\)(?:: (?P<name>.*))?")
# what threading and concurrent.futures put below the work of a thread
_BOOTSTRAP = ("/threading.py", "/concurrent/futures/thread.py")


class Spy:
    """Samples the process `pid` for as long as the `with` block runs; `stacks` thereafter.

    Raises ProfilerUnavailable when py-spy is missing, is not allowed to look, or dies.
    """

    def __init__(self, pid: int, rate: int, *, native: bool = False) -> None:
        self._rate = rate
        self._said = b""
        self.notes: tuple[str, ...] = ()
        program = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
        if program is None:
            raise ProfilerUnavailable("py-spy is not installed", hint=f"pip install py-spy, or {_OTHERS}")
        self._folder = tempfile.TemporaryDirectory(prefix="perfkit-")
        self._output = Path(self._folder.name) / "stacks"
        self._command = [program, "record", "--pid", str(pid), "--rate", str(rate), "--output", str(self._output)]
        self._command += ["--format", "raw", "--function", "--full-filenames", "--threads", "--subprocesses"]
        # each pause for a sample costs what runs in memory dear: here one function in four read twice its share at 500
        # a second. Without pauses some samples are torn, and left out; native stacks cannot be had without.
        self._command += ["--native"] if native else ["--nonblocking"]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for perfkit, which ends it
        )
        try:
            self._wait_for_the_first_sample()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._stop()
        finally:
            self._end()

    def _wait_for_the_first_sample(self) -> None:
        deadline = time.monotonic() + _ATTACH_S
        while _READY not in self._said:
            assert self._process.stdout is not None
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            chunk = self._process.stdout.read1(1 << 16) if ready else b""  # type: ignore[attr-defined]
            self._said += chunk
            if not chunk:
                raise self._failure()

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # it ends by writing what it has
        try:
            self._said += self._process.communicate(timeout=_WRITE_S)[0]
        except subprocess.TimeoutExpired:
            raise self._failure() from None
        if self._process.returncode != 0 or not self._output.exists():
            raise self._failure()
        if _BEHIND.search(self._said):
            self.notes = (f"py-spy could not keep up with {self._rate} samples a second; a lower --rate is surer",)
        text = self._output.read_text(encoding="utf-8", errors="replace")
        try:
            self.stacks: Stacks = read_collapsed(_with_plain_commands(text), round(1e9 / self._rate))
        except ValueError as error:
            raise ProfilerUnavailable(f"py-spy wrote what cannot be read: {error}", hint=_OTHERS) from error

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()

    def _failure(self) -> ProfilerUnavailable:
        """Why there are no samples, from what py-spy said and how it ended."""
        said = self._said.decode("utf-8", "replace")
        code = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=1.0)
        if "permission denied" in said.lower() or "operation not permitted" in said.lower():
            return ProfilerUnavailable(
                "py-spy may not look into another process here (ptrace is not permitted)",
                hint=f"run as root, with kernel.yama.ptrace_scope=0, or a container with SYS_PTRACE; {_OTHERS}",
            )
        if code is not None and code < 0:
            return ProfilerUnavailable(f"py-spy was ended by {signal.Signals(-code).name}", hint=f"again, or {_OTHERS}")
        lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
        return ProfilerUnavailable(f"py-spy gave no samples: {lines[-1]}", hint=_OTHERS)


def _with_plain_commands(text: str) -> list[str]:
    """Lines of stacks; py-spy writes a process's command as it is, and it may hold what ends a frame or a line."""
    clean = _COMMAND.sub(lambda m: f'process {m["pid"]}:"{_ENDS.sub(" ", m["command"])[:_LONGEST]}"', text)
    return clean.splitlines()


def elsewhere(frame: Frame, pid: int) -> bool:
    """Whether what lies below a frame is another process than `pid`: a child, which may have its parent's stack."""
    process = _PROCESS.fullmatch(frame[0])
    return process is not None and int(process["pid"]) != pid


def in_thread(stack: Sequence[Frame], pid: int, root: tuple[str, str] = ("", "")) -> Sequence[Frame]:
    """A stack outside of the region: `[threads NAME]`, then the work itself; `[process COMMAND]` before it in a child.

    Threads of one pool are one. Nothing for the main thread of `pid`, which is perfkit's own before and after. A child
    that was forked in the region has the frames of its parent, down to `root` (file, function): they are cut.
    """
    above: list[Frame] = []
    for at, frame in enumerate(stack):
        process, thread = _PROCESS.fullmatch(frame[0]), _THREAD.fullmatch(frame[0])
        if process and int(process["pid"]) != pid:
            above.append(thread_frame(f"process {process['command']}"))
        elif thread:
            name = thread["name"] or "without a name"
            inner = list(stack[at + 1 :])
            starts = [i for i, f in enumerate(inner) if (f[1], f[0]) == root]
            inner = inner[starts[0] + 1 :] if starts else inner
            while inner and inner[0][1].endswith(_BOOTSTRAP):
                del inner[0]
            if not any(is_python(f[1]) for f in inner) or (name == "MainThread" and not above):
                return []
            return [*above, thread_frame(f"threads {_NUMBER.sub('', name)}"), *inner]
    return []
