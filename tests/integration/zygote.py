"""One interpreter that has imported perfkit, and that forks: a command line, and its workers, in milliseconds.

`python zygote.py perfkit.worker.reaper` reads a JSON object a line: the words, where workers are, the files that
take standard output and error, the current folder, and what is otherwise there (`forked.Twist`). It answers with the
number of the process that runs the words, and with how that ended. The second word of its own line is for whoever looks
at a worker's parent (`perfkit.worker.state.leftovers`).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import metadata
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, NoReturn

from tests.integration.forked import CLOSED, UNREAD

if TYPE_CHECKING:
    from perfkit.settings import Settings

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_PRELOADED = ("perfkit.cli.main", "perfkit.comparison.run", "perfkit.worker.inline", "perfkit.worker.reaper")
_PRELOADED += ("perfkit.profiling.timed", "scipy.special")  # which an interval's Student quantile takes
# what a command line imports when it comes to it: most of these processes do
_PRELOADED += ("typer._adapters", "perfkit.report.compare", "perfkit.report.markdown", "perfkit.report.saved")
_LOOK_S = 0.002
_SHORT_SOAKS_S = 0.15  # that calls in a row take, where rounds are counted: half the budget of a quick run
_SHORT_TIMED_S = 0.5  # that a change is timed for, beside its profile
_SHORT_COUNTING_NS, _SHORT_TAIL_NS = 10_000_000, 2_000_000  # that calls are clocked for, and that a role's tail takes


class ForkedReaper:
    """As `subprocess.Popen` of a worker's reaper, whose interpreter is a fork of this one and not a fresh one."""

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
        assert [*line[-5:-3], stdin] == ["-m", "perfkit.worker.reaper", subprocess.DEVNULL]
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
                raise subprocess.TimeoutExpired("a forked reaper", timeout or 0.0)
            else:
                time.sleep(_LOOK_S)
        return self._code


def _supervise(given: Sequence[int], env: Mapping[str, str], noise: int) -> int:
    from perfkit.worker.reaper import main

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
    sys.argv = ["perfkit.worker.reaper", *map(str, given)]
    main(*given)
    return 0


def _open(path: str, own: int) -> None:
    if path == CLOSED:
        os.close(own)
        return
    reader, opened = os.pipe() if path == UNREAD else (None, os.open(path, os.O_RDWR))
    os.dup2(opened, own)
    os.close(opened)
    if reader is not None:
        os.close(reader)


def _streams() -> None:
    """Make standard streams as an interpreter does that begins: None where there is no descriptor."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8:backslashreplace").partition(":")
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    for descriptor, name, handler in ((1, "stdout", errors or "strict"), (2, "stderr", "backslashreplace")):
        try:
            stream = os.fdopen(descriptor, "wb", 0 if unbuffered else -1, closefd=False)
        except OSError:
            setattr(sys, name, None)
            continue
        lines = name == "stderr" or stream.isatty()
        text = io.TextIOWrapper(stream, encoding, handler, line_buffering=lines, write_through=unbuffered)  # type: ignore[arg-type]
        setattr(sys, name, text)


def _command_line(asked: Mapping[str, Any]) -> int:
    import perfkit.comparison.proofs as proofs
    import perfkit.comparison.reporter as reporter
    import perfkit.comparison.run as comparison
    import perfkit.profiling.timed as timed
    import perfkit.session.counting as counting
    import perfkit.session.worker_process as process
    import perfkit.worker.handlers.measuring as measuring
    import perfkit.worker.sampler as sampler
    from perfkit.cli.main import main
    from perfkit.worker import shared_state
    from perfkit.worker.inline import InlineWorker
    from perfkit.worker.state import process_state
    from perfkit.worker.state.function_table import FunctionTable
    from perfkit.worker.state.leftovers import adopting

    os.environ.update(asked["env"])
    for own, path in enumerate((os.devnull, asked["out"], asked["err"])):
        _open(asked["streams"].get(str(own), path), own)
    if asked["streams"].get("0") == CLOSED:
        sys.stdin = None  # type: ignore[assignment]
    _streams()
    os.chdir(asked["cwd"])
    sys.argv = ["perfkit", *asked["words"]]
    if "PERFKIT_KINDS" not in os.environ:  # a long run has time for long rows of calls
        proofs._FEWEST_SOAKS_S = 0.0  # half the budget, however small that is
    forked = asked["workers"] == "forked"
    start = comparison.Session if forked else partial(comparison.Session, start=InlineWorker, at_once=1)

    def session(target: str, settings: Settings, *others: Any, **options: Any) -> Any:
        return start(target, replace(settings, max_rounds=asked["rounds"] or settings.max_rounds), *others, **options)

    comparison.Session = session  # type: ignore[misc,assignment]
    if forked:
        process.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": ForkedReaper})  # type: ignore[attr-defined]
    if not asked["counts_frozen"]:
        process_state._CLOSELY = tuple(state for state in process_state._CLOSELY if "gc.freeze" not in state.name)
        gc.get_freeze_count = lambda: 1  # `_serve` has frozen a third of a million objects
    if not asked["libraries"]:
        shared_state.FunctionTable = partial(FunctionTable, only=True)  # type: ignore[misc,assignment]
    if not asked["wall"]:
        from tests.integration.processor_time import replacements

        for owner, name, value in replacements():
            setattr(owner, name, value)
    timed._TIMED_S = _SHORT_TIMED_S
    counting._ENOUGH_NS = _SHORT_COUNTING_NS  # of the share of a seam no test is choosy, nor of a 99th percentile
    sampler._TAIL_NS = _SHORT_TAIL_NS
    if asked["rounds"] is not None:
        proofs._SOAKS_S = min(_SHORT_SOAKS_S, proofs._SOAKS_S)
    if asked["temporary"]:
        os.environ["TMPDIR"], tempfile.tempdir = asked["temporary"], asked["temporary"]
    if asked["sample_ns"] is not None:
        measuring._MIN_SAMPLE_NS = asked["sample_ns"]
    if asked["struck"] is not None:
        from tests.integration.struck import INLINE, REAL, arm

        # nothing is saved before the end, however slow the machine
        reporter._KEEP_EVERY_S = float("inf") if asked["keep_s"] is None else asked["keep_s"]
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
    open_catalogs = importlib.import_module("perfkit.catalog").open_catalogs
    open_catalogs()  # the files of perfkit's own are parsed by now
    entry_points, installed = metadata.entry_points, metadata.entry_points()
    metadata.entry_points = lambda **chosen: entry_points(**chosen) if chosen else installed  # read once, for all forks
    importlib.import_module("perfkit.worker.state.function_table").FunctionTable("none.")  # read once, for all forks
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
