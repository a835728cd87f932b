"""The workers that prove: the first are opened ahead, and one that a candidate left clean may prove the next."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from perfkit.errors import PerfkitError
from perfkit.session.open_worker import Opening, OpenWorker
from perfkit.session.pending import Pending
from perfkit.session.worker_process import WorkerHandle, close_all

__all__ = ["ProofWorkers"]


class ProofWorkers:
    """Opens workers for proofs, keeps those that are clean, and ends the others. `at_once`: how many may prove beside
    each other."""

    def __init__(self, open_worker: OpenWorker, at_once: int) -> None:
        self.at_once, self._open = at_once, open_worker
        self._ahead: list[Opening] = []
        self._clean: list[WorkerHandle] = []  # that have proven others, and hold nothing of them

    @contextmanager
    def opening_ahead(self) -> Iterator[None]:
        """Begin to open what the first candidate's proofs need, while something else is opened too.

        What nobody has taken at the end of the block is closed. One that cannot be opened is told of when it is needed.
        """
        try:
            with suppress(PerfkitError, OSError):  # there may be no room for more processes
                while self.at_once > 1 and len(self._ahead) < self.at_once:
                    self._ahead.append(self._open.ahead(0))
            yield
        finally:
            close_all(left.worker for left in self._ahead)
            self._ahead = []

    def wait(self) -> None:
        """Until those that are opened ahead are open."""
        for opening in self._ahead:
            opening.wait()

    def fresh(self) -> WorkerHandle:
        """One that the caller closes."""
        return self._open(0)

    def opened(
        self, stack: ExitStack, wanted: int, *, fresh: bool
    ) -> Generator[Collection[Pending[Any]], None, list[WorkerHandle]]:
        """So many workers, at least one; `fresh`: none that has proven others. At the end of `stack` those are closed
        that are not kept by then."""
        wanted = max(1, wanted)
        reused = 0 if fresh else wanted
        clean, self._clean = self._clean[:reused], self._clean[reused:]
        opening, self._ahead = self._ahead[: wanted - len(clean)], self._ahead[wanted - len(clean) :]
        for worker in [*clean, *(one.worker for one in opening)]:
            stack.callback(self._close_unless_clean, worker)
        for _ in range(wanted - len(clean) - len(opening)):
            opening.append(self._open.ahead(0))
            stack.callback(self._close_unless_clean, opening[-1].worker)
        for one in opening:
            yield [one.pending]
        return [*clean, *(one.opened() for one in opening)]

    def keep(self, clean: Iterable[WorkerHandle]) -> None:
        """Have workers that hold nothing of whom they have proven prove others too."""
        self._clean += clean

    @property
    def any_clean(self) -> bool:
        """Whether the next that is wanted has proven others, unless it is to be fresh."""
        return bool(self._clean)

    def close_clean(self) -> None:
        """End those that are kept."""
        close_all(self._clean)
        self._clean = []

    def _close_unless_clean(self, worker: WorkerHandle) -> None:
        if worker not in self._clean:
            worker.close()
