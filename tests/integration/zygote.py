"""One interpreter that has imported perfkit, and that forks: a command line, and its workers, in milliseconds.

`python zygote.py perfkit.worker.supervisor` reads a JSON object a line: the words, where workers are, the files that
take standard output and error, the current folder, and what is otherwise there (`forked.Twist`). It answers with the
number of the process that runs the words, and with how that ended. The second word of its own line is for whoever looks
at a worker's parent (`perfkit.worker.state.leftovers`).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from perfkit.settings import Settings

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_PRELOADED = ("perfkit.cli.main", "perfkit.comparison.run", "perfkit.worker.inline", "perfkit.worker.supervisor")
_PRELOADED += ("scipy.special",)  # which an interval's Student quantile takes
_LOOK_S = 0.002


class ForkedSupervisor:
    """As `subprocess.Popen` of a worker's supervisor, whose interpreter is a fork of this one and not a fresh one."""

    def __init__(
        self,
        line: Sequence[str],
        *,
        env: Mapping[str, str],
        stdin: int,
        stdout: IO[bytes],
        stderr: IO[bytes],
        pass_fds: Sequence[int],
        start_new_session: bool,
    ) -> None:
        given = [int(word) for word in line[-3:]]
        assert [*line[-5:-3], stdin] == ["-m", "perfkit.worker.supervisor", subprocess.DEVNULL]
        assert (start_new_session, stderr, given) == (True, stdout, [*pass_fds])
        self._code: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _end_with(partial(_supervise, given, env, stdout.fileno()))

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, as `subprocess` says it."""
        give_up = None if timeout is None else time.monotonic() + timeout
        while self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG if give_up else 0)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
            elif give_up and time.monotonic() > give_up:
                raise subprocess.TimeoutExpired("a forked supervisor", timeout or 0.0)
            else:
                time.sleep(_LOOK_S)
        return self._code


def _supervise(given: Sequence[int], env: Mapping[str, str], noise: int) -> int:
    from perfkit.worker.supervisor import main

    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, own in ((null, 0), (noise, 1), (noise, 2)):
        os.dup2(source, own)
    kept = sorted({0, 1, 2, *given})
    for below, above in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(below + 1, above)
    _streams()
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["perfkit.worker.supervisor", *map(str, given)]
    main(*given)
    return 0


def _streams() -> None:
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        setattr(sys, name, os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False))


def _command_line(asked: Mapping[str, Any]) -> int:
    import perfkit.comparison.proofs as proofs
    import perfkit.comparison.run as comparison
    import perfkit.session.process as process
    from perfkit.cli.main import main
    from perfkit.worker.inline import InlineWorker
    from perfkit.worker.state.leftovers import adopting

    for path, own in ((os.devnull, 0), (asked["out"], 1), (asked["err"], 2)):
        os.dup2(os.open(path, os.O_RDWR), own)
    _streams()
    os.chdir(asked["cwd"])
    sys.argv = ["perfkit", *asked["words"]]
    if "PERFKIT_KINDS" not in os.environ:  # a long run has time for long rows of calls
        proofs._FEWEST_SOAKS_S = 0.0  # half the budget, however small that is
    forked = asked["workers"] == "forked"
    start = comparison.Session if forked else partial(comparison.Session, start=InlineWorker)

    def session(target: str, settings: Settings, *others: Any, **options: Any) -> Any:
        return start(target, replace(settings, max_rounds=asked["rounds"] or settings.max_rounds), *others, **options)

    comparison.Session = session  # type: ignore[misc,assignment]
    if forked:
        process.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": ForkedSupervisor})  # type: ignore[attr-defined]
    if asked["struck"] is not None:
        from tests.integration.struck import INLINE, REAL, arm

        comparison._KEEP_EVERY_S = float("inf")  # nothing is saved before the end, however slow the machine
        arm(*asked["struck"], worker=REAL if forked else INLINE)
    with contextlib.nullcontext() if forked else adopting():
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def _end_with(work: Callable[[], int]) -> NoReturn:
    """Do it, and end without what an interpreter does at its end: the objects of others are not ours to tidy up."""
    code = 1
    try:
        code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _serve() -> None:
    os.environ.update(dict.fromkeys(_THREADS, "1"))  # a pool's threads do not survive a fork
    for name in _PRELOADED:
        importlib.import_module(name)
    for name in _THREADS:
        del os.environ[name]
    gc.collect()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _end_with(partial(_command_line, asked))
        print(pid, file=answers)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=answers)


if __name__ == "__main__":
    _serve()
