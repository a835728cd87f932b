"""Opening workers: an interpreter each, with the target loaded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from perfkit.errors import PerfkitError, WorkFailed
from perfkit.machine.environment import worker_environment
from perfkit.protocol.opening import FromCallables, FromCatalog, Open, Opened
from perfkit.session.outcome import Outcome
from perfkit.session.pending import Pending, first_done
from perfkit.session.worker_process import Heard, RejectedOutput, WorkerHandle, WorkerProcess, close_all
from perfkit.settings import Settings

__all__ = ["OpenWorker", "Opener", "Opening", "Reserve", "StartWorker"]


class StartWorker(Protocol):
    """Starts a worker: a process of its own, or in tests one that is none."""

    def __call__(self, environment: Mapping[str, str], /, *, timeout_s: float, heard: Heard) -> WorkerHandle:
        """Start it; `heard` is told what threads of the measured code raise."""
        ...


class OpenWorker(Protocol):
    """Opens a worker for a process of that number; `threads` of BLAS where not as the settings say."""

    def __call__(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> WorkerHandle:
        """Open it."""
        ...

    def ahead(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> Opening:
        """Open it without waiting."""
        ...


class Opener:
    """Opens workers of one target, or of functions, and notes what they say of themselves."""

    def __init__(
        self,
        code: str | FromCallables,
        settings: Settings,
        outcome: Outcome,
        *,
        installed: bool = True,
        start: StartWorker = WorkerProcess,
    ) -> None:
        """`code`: a target of the catalogues that the settings name, or functions by name.

        `installed`: whether workers look for catalogues of installed packages, which takes each of them a while.
        """
        self._settings, self._outcome, self._start = settings, outcome, start
        self._source: FromCatalog | FromCallables
        if isinstance(code, str):
            catalogs = tuple(str(c) for c in settings.catalogs)
            self._source = FromCatalog(catalogs=catalogs, target=code, installed=installed)
            self._about = f"importing {code}"
        else:
            self._source, self._about = code, ""  # which function it was the worker notes

    def __call__(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> WorkerHandle:
        """A fresh interpreter with the code under test loaded; `describe`: note the environment too.

        Raises WorkFailed where the target cannot be loaded.
        """
        return self.ahead(process, describe=describe, threads=threads).opened()

    def ahead(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> Opening:
        """As when called, without waiting: others may be opened meanwhile."""
        environment = worker_environment(threads or self._settings.threads, threads or self._settings.pools)
        worker = self._start(environment, timeout_s=self._settings.timeout_s, heard=self._outcome.thread_raised)
        request = Open(source=self._source, seed=self._settings.seed, process=process, describe=describe)
        return Opening(worker, worker.send(request, about=self._about), self._outcome)


class Opening:
    """A worker that is being opened. `opened` waits for it, and ends it where the target cannot be loaded."""

    def __init__(self, worker: WorkerHandle, pending: Pending[Opened], outcome: Outcome) -> None:
        self.worker, self.pending, self._outcome = worker, pending, outcome
        self._start_s = time.monotonic()

    def wait(self) -> None:
        """Until it is open, or is known not to open."""
        first_done([self.pending])

    def opened(self) -> WorkerHandle:
        """The worker, once it is open; what it says of itself is noted. Raises WorkFailed."""
        try:
            described = self.pending.answer()
        except RejectedOutput as rejected:
            self.worker.close()
            raise WorkFailed(rejected.rejection.text) from None
        except BaseException:
            self.worker.close()
            raise
        self._outcome.opened_in_s = min(time.monotonic() - self._start_s, self._outcome.opened_in_s)
        self._outcome.resolution_ns = described.resolution_ns
        if described.environment is not None:
            self._outcome.note_environment(described.environment)
        return self.worker


class Reserve:
    """Workers of the processes that are measured first, opened while a last proof leaves a processor idle.

    They have loaded the target and built nothing, and know of no candidate.
    """

    def __init__(self, open_worker: OpenWorker, at_once: int) -> None:
        """`at_once`: how many processes are measured beside each other; of one alone nothing is opened ahead."""
        self._open, self._at_once = open_worker, at_once
        self._opening: dict[int, Opening] = {}

    def begin(self) -> None:
        """Begin to open them, where they are not there yet. One that cannot be opened is told of when it is needed."""
        if self._at_once > 1 and not self._opening:
            with suppress(PerfkitError, OSError):  # there may be no room for more processes
                for process in range(self._at_once):
                    self._opening[process] = self._open.ahead(process)

    def take(self, process: int) -> Opening | None:
        """The one for that process, to whoever asks first."""
        return self._opening.pop(process, None)

    def close(self) -> None:
        """End those that nobody has taken: nothing else is there while a sample is taken."""
        close_all(opening.worker for opening in self._opening.values())
        self._opening.clear()
