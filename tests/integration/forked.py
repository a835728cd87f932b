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
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

_PATIENCE_S = 240.0
_ZYGOTE = Path(__file__).with_name("zygote.py")


@dataclass(frozen=True)
class Twist:
    """What is otherwise in the fork.

    `struck`: a deed and a moment of struck.py. `rounds`: how many each process does of a group at most, however much
    budget is left; with a large budget that is what a run comes to on any machine, under any load.
    """

    struck: tuple[str, str] | None = None
    rounds: int | None = None


class Forks:
    """Runs command lines in forks of one clean process, one after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._zygote = subprocess.Popen(
            [sys.executable, "-P", str(_ZYGOTE), "perfkit.worker.supervisor"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(
        self, words: tuple[str, ...], cwd: Path, twist: Twist = Twist(), *, workers: str = "inline"
    ) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of `perfkit WORDS`.

        `workers`: "inline" are in that process, "forked" are processes of their own, with a supervisor each.
        """
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as out, tempfile.NamedTemporaryFile("r") as err:
            places = {"out": out.name, "err": err.name, "cwd": str(cwd)}
            asked = {"words": words, "workers": workers, **places, **asdict(twist)}
            self._pipe(self._zygote.stdin).write(json.dumps(asked).encode() + b"\n")
            self._pipe(self._zygote.stdin).flush()
            pid = int(self._line())
            try:
                code = int(self._line())
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._line()
                raise TimeoutError(f"no answer within {_PATIENCE_S:g} s: perfkit {' '.join(words)}") from None
            return code, out.read(), err.read()

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
