"""Run perfkit's command line, and do something to it at a named moment: `python struck.py DEED MOMENT WORDS…`.

DEED is ctrl-c, terminate, hang-up, kill or full-disk. A moment is a function about to be called, or a module about to
be imported.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any

CALLS = {
    "reading the catalogue": ("perfkit.api", "catalog"),
    "set-up": ("perfkit.session.session", "Session.worker"),
    "measuring": ("perfkit.session.session", "Session.measure"),
    "statistics": ("perfkit.comparison.judge", "Judge.results"),
    "writing JSON": ("perfkit.report.document", "to_json"),
    "saving": ("os", "fsync"),
    "printing": ("perfkit.cli.ending", "emit"),
}
REAL = ("perfkit.session.worker_process", "WorkerProcess.send")
INLINE = ("perfkit.worker.inline", "InlineWorker.ask")  # of workers in the same process
REQUESTS = {  # of a worker: which one, counted from 1
    "counting": ("Inspect", 1),
    "proof": ("Prove", 1),
    "warm-up": ("Build", 1),
    "rounds": ("Round", 3),
    "last checks of the second group": ("Finish", 2),
    "last checks": ("Finish", 1),
}
SIGNALS = {"ctrl-c": "SIGINT", "terminate": "SIGTERM", "hang-up": "SIGHUP", "kill": "SIGKILL"}
IMPORTS = {"importing typer": "typer", "importing the engine": "perfkit.comparison.run"}


def deed(name: str) -> Callable[[], None]:
    if name == "full-disk":

        def fill() -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        return fill
    number = getattr(signal, SIGNALS[name])
    return lambda: os.kill(os.getpid(), number)


def strike_on_import(module: str, strike: Callable[[], None]) -> None:
    class Finder:
        @staticmethod
        def find_spec(name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
            if name == module:
                sys.meta_path.remove(Finder)  # type: ignore[arg-type]
                strike()
            return None

    sys.meta_path.insert(0, Finder)  # type: ignore[arg-type]


def strike_on_call(module: str, name: str, strike: Callable[[], None], nth: int = 1, first: Any = None) -> None:
    owner: Any = importlib.import_module(module)
    *classes, last = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    real, calls = getattr(owner, last), 0

    def struck(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += first is None or type(args[1]).__name__ == first
        if calls == nth:
            calls += 1
            strike()
        return real(*args, **options)

    setattr(owner, last, struck)


def arm(what: str, moment: str, *, worker: tuple[str, str] = REAL) -> None:
    """From now on the deed is done at the moment; `worker` is what asks one."""
    strike = deed(what)
    if moment in IMPORTS:
        strike_on_import(IMPORTS[moment], strike)
    elif moment in REQUESTS:
        request, nth = REQUESTS[moment]
        strike_on_call(*worker, strike, nth, request)
    else:
        strike_on_call(*CALLS[moment], strike)


def main() -> None:
    what, moment, *words = sys.argv[1:]
    sys.argv = ["perfkit", *words]
    arm(what, moment)
    from perfkit.__main__ import main as perfkit

    perfkit()


if __name__ == "__main__":
    main()
