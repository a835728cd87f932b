"""The command line in a fork of a process that has imported it already: a process of its own, in milliseconds.

For code that leaves its process changed, which a test's own process must not be.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import multiprocessing.connection
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from perfkit.settings import Settings

_PATIENCE_S = 240.0
_PRELOADED = ["perfkit.cli.main", "perfkit.comparison.run", "perfkit.worker.inline", "tests.integration.forked"]


def context() -> Any:
    """Where forks come from: one clean process that has no threads."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_PRELOADED)
    return found


@dataclass(frozen=True)
class Twist:
    """What is otherwise in the fork.

    `struck`: a deed and a moment of struck.py. `rounds`: how many each process does of a group at most, however much
    budget is left; with a large budget that is what a run comes to on any machine, under any load.
    """

    struck: tuple[str, str] | None = None
    rounds: int | None = None


def run_forked(words: tuple[str, ...], cwd: Path, twist: Twist = Twist()) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of `perfkit WORDS`, whose workers are in the fork too."""
    forks = context()
    ours, theirs = forks.Pipe(duplex=False)
    process = forks.Process(target=_work, args=(theirs, words, str(cwd), twist))
    process.start()
    theirs.close()
    try:
        if not multiprocessing.connection.wait([ours, process.sentinel], _PATIENCE_S):
            raise TimeoutError(f"no answer within {_PATIENCE_S:g} s: perfkit {' '.join(words)}")
        rc, said, errors = ours.recv()
    finally:
        process.kill()
        process.join()
    return rc, said, errors


def _work(pipe: Any, words: tuple[str, ...], cwd: str, twist: Twist) -> None:
    import os

    import perfkit.comparison.run as comparison
    from perfkit.cli.main import main
    from perfkit.worker.inline import InlineWorker
    from perfkit.worker.state.leftovers import adopting

    os.chdir(cwd)
    inline = partial(comparison.Session, start=InlineWorker)

    def session(target: str, settings: Settings, *others: Any, **options: Any) -> Any:
        return inline(target, replace(settings, max_rounds=twist.rounds or settings.max_rounds), *others, **options)

    comparison.Session = session  # type: ignore[misc,assignment]
    if twist.struck is not None:
        from tests.integration.struck import INLINE, arm

        comparison._KEEP_EVERY_S = float("inf")  # nothing is saved before the end, however slow the machine
        arm(*twist.struck, worker=INLINE)
    sys.argv = ["perfkit", *words]
    out, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    rc = 0
    with adopting(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            main()
        except SystemExit as end:
            rc = int(end.code or 0)
    texts = []
    for stream in (out, errors):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    pipe.send((rc, *texts))
