"""The command line in a fork of a process that has imported it already: a process of its own, in milliseconds.

For code that leaves its process changed, which a test's own process must not be.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import multiprocessing.connection
import sys
from functools import partial
from pathlib import Path
from typing import Any

_PATIENCE_S = 240.0
_PRELOADED = ["perfkit.cli.main", "perfkit.comparison.run", "perfkit.worker.inline", "tests.integration.forked"]


def context() -> Any:
    """Where forks come from: one clean process that has no threads."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_PRELOADED)
    return found


def run_forked(words: tuple[str, ...], cwd: Path) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of `perfkit WORDS`, whose workers are in the fork too."""
    forks = context()
    ours, theirs = forks.Pipe(duplex=False)
    process = forks.Process(target=_work, args=(theirs, words, str(cwd)))
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


def _work(pipe: Any, words: tuple[str, ...], cwd: str) -> None:
    import os

    import perfkit.comparison.run as comparison
    from perfkit.cli.main import main
    from perfkit.worker.inline import InlineWorker
    from perfkit.worker.state.leftovers import adopting

    os.chdir(cwd)
    comparison.Session = partial(comparison.Session, start=InlineWorker)  # type: ignore[misc,assignment]
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
