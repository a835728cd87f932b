"""The command line in a fork of a process that has imported it already: a process of its own, in milliseconds.

For code that leaves its process changed, which a test's own process must not be. `tests/integration/zygote.py` forks.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

_PATIENCE_S = 240.0
_ZYGOTE = Path(__file__).with_name("zygote.py")
CLOSED = ""
UNREAD = "|"  # a pipe that nobody reads


@dataclass(frozen=True)
class Twist:
    """What is otherwise in the fork.

    `struck`: a deed and a moment of struck.py. `keep_s`: how often what was measured is saved meanwhile, else not
    before the end. `temporary`: where temporary files go. `rounds`: how many each process does of a group at most,
    however much budget is left; with a large budget that is what a run comes to on any machine, under any load, and
    calls in a row take no longer for it. `sample_ns`: how long a sample lasts at least, where what is measured is not
    the point: fewer calls make one then. `counts_frozen`: of what the garbage collector passes over every object is
    counted, as ever; here that takes ten milliseconds each time. `libraries`: whether functions of libraries are
    looked at too, as ever, and not those of the target alone: that is a quarter of a short run.
    `env`: variables that are set. `streams`: what else standard streams are, by descriptor: a path, CLOSED, or UNREAD.

    Time is that of the processor, of which others take nothing away, unless `wall`.
    """

    struck: tuple[str, str] | None = None
    keep_s: float | None = None
    temporary: str = ""
    rounds: int | None = None
    sample_ns: int | None = None
    counts_frozen: bool = False
    libraries: bool = False
    wall: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    streams: Mapping[int, str] = field(default_factory=dict)


class Started:
    """A command line that runs in a fork; one at a time."""

    def __init__(self, pid: int, out: IO[str], err: IO[str], code: Callable[[], int]) -> None:
        self.pid, self._out, self.stderr, self._code = pid, out, err, code
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """To it alone."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def end(self) -> tuple[str, str]:
        """Wait for its end; (stdout, stderr), all of each."""
        if self.returncode is None:
            self.returncode = self._code()
        self.stderr.seek(0)
        return self._out.read(), self.stderr.read()


class Forks:
    """Runs command lines in forks of one clean process, one after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._zygote = subprocess.Popen(
            [sys.executable, "-P", str(_ZYGOTE), "perfkit.worker.reaper"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(
        self, words: tuple[str, ...], cwd: Path, twist: Twist = Twist(), *, workers: str = "inline"
    ) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of `perfkit WORDS`.

        `workers`: "inline" are in that process, "forked" are processes of their own, with a reaper each.
        """
        with self.start(words, cwd, twist, workers=workers) as started:
            said = started.end()
            assert started.returncode is not None
            return started.returncode, *said

    @contextlib.contextmanager
    def start(
        self, words: tuple[str, ...], cwd: Path, twist: Twist = Twist(), *, workers: str = "forked"
    ) -> Iterator[Started]:
        """`perfkit WORDS` while it runs; it is killed afterwards."""

        def code() -> int:
            try:
                return int(self._line())
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                started.returncode = int(self._line())  # nobody is to wait for it once more
                raise TimeoutError(f"no answer within {_PATIENCE_S:g} s: perfkit {' '.join(words)}") from None

        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as out, tempfile.NamedTemporaryFile("r") as err:
            places = {"out": out.name, "err": err.name, "cwd": str(cwd)}
            asked = {"words": words, "workers": workers, **places, **asdict(twist)}
            self._pipe(self._zygote.stdin).write(json.dumps(asked).encode() + b"\n")
            self._pipe(self._zygote.stdin).flush()
            pid = int(self._line())
            started = Started(pid, out, err, code)
            try:
                yield started
            finally:
                started.send_signal(signal.SIGKILL)
                started.end()

    def close(self) -> None:
        """End the process that forks."""
        with contextlib.suppress(OSError):
            self._pipe(self._zygote.stdin).close()
        self._zygote.kill()
        self._zygote.wait()
        self._pipe(self._zygote.stdout).close()

    def _line(self) -> bytes:
        answers = self._pipe(self._zygote.stdout)
        if not select.select([answers], [], [], _PATIENCE_S)[0]:
            raise TimeoutError
        # unbuffered, as select looks at what has not been read; a line is short, and written at once
        line = b""
        while not line.endswith(b"\n"):
            part = os.read(answers.fileno(), 1)
            assert part, "the process that forks has ended"
            line += part
        return line

    @staticmethod
    def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream
