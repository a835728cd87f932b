"""A worker in the caller's own process, for tests: no interpreter to start, and nothing between it and the caller.

What crashes or hangs does so in the caller. Requests and answers take the way through JSON as ever.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TypeVar

from threadpoolctl import threadpool_limits

from perfkit.catalog.folders import find_folders
from perfkit.errors import PerfkitError
from perfkit.protocol.opening import FromCallables, FromCatalog, Open
from perfkit.protocol.record import Record, Request
from perfkit.protocol.wire import Command, read_reply, write
from perfkit.session.worker_process import Heard, Pending, unpack
from perfkit.worker import forks, thread_errors
from perfkit.worker.main import Worker, answer
from perfkit.worker.state import process_state

__all__ = ["InlineWorker"]

A = TypeVar("A", bound=Record)


class InlineWorker:
    """Answers as a worker process does. Closing it forgets the modules of the catalogues, or of the folder, that it was
    opened with.

    While another one is open with the same catalogue they stay, and are shared.
    """

    _opened: ClassVar[Counter[str]] = Counter()  # by package

    def __init__(
        self, environment: Mapping[str, str], *, timeout_s: float, heard: Heard = lambda role, what, count: None
    ) -> None:
        self._heard = heard
        self._worker = Worker()
        self._packages: set[str] = set()
        self._known: frozenset[str] | None = None  # modules before the functions of a folder were imported
        self._folder = ""
        self._noise = io.StringIO()  # what the measured code prints
        self._before = process_state.snapshot()
        self._frozen = gc.get_freeze_count() > 0  # by the process itself
        self._hook = threading.excepthook
        thread_errors.listen()
        forks.listen()
        self._after = contextlib.ExitStack()
        self._after.enter_context(threadpool_limits(int(environment["OMP_NUM_THREADS"])))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, request: Request[A], *, about: str, within_s: float | None = None) -> A:
        """As WorkerProcess.ask, without a death to notice."""
        if isinstance(request, Open) and isinstance(request.source, FromCatalog):
            folders, _ = find_folders([Path(p) for p in request.source.catalogs], installed=False)
            self._packages = {folder.package.partition(".")[0] for folder in folders if not folder.own}
            self._opened.update(self._packages)
        if isinstance(request, Open) and isinstance(request.source, FromCallables):
            self._known, self._folder = frozenset(sys.modules), request.source.folder
        line = write(Command(number=0, request=request)).decode()
        with contextlib.redirect_stdout(self._noise), contextlib.redirect_stderr(self._noise):
            said = answer(self._worker, line)
        reply = read_reply(write(said), request, 0)
        if reply is None:
            raise PerfkitError(f"the answer to {type(request).__name__} has not the shape that it must have")
        for raised in reply.threads:
            self._heard(raised.role, raised.what, raised.count)
        return unpack(reply)

    def send(self, request: Request[A], *, about: str, within_s: float | None = None) -> Pending[A]:
        """Answers, and raises, when the answer is waited for."""
        return Pending(lambda: self.ask(request, about=about, within_s=within_s))

    def noise(self, lines: int = 8) -> str:
        """What the measured code printed last."""
        return "\n".join(self._noise.getvalue().splitlines()[-lines:])

    def end(self) -> None:
        """Nothing goes on without the caller."""

    def close(self) -> None:
        """Leave the process as it was."""
        self._opened.subtract(self._packages)
        for name in [name for name in sys.modules if name.partition(".")[0] in self._packages]:
            if not self._opened[name.partition(".")[0]]:
                del sys.modules[name]
        self._packages = set()
        for name in [name for name in sys.modules if self._known is not None and name not in self._known]:
            file = getattr(sys.modules[name], "__file__", None)
            if isinstance(file, str) and self._folder and Path(file).is_relative_to(self._folder):
                del sys.modules[name]
        gc.enable()
        if not self._frozen:
            gc.unfreeze()
        self._after.close()
        process_state.restore(self._before)
        threading.excepthook = self._hook
