"""One session: the seams are counted, the candidates proven, then the measuring processes, round by round.

The parts, in the order of their turns:

- `opening`: workers, each of which is a `worker_process` (its time limits and deaths); `pending`: several at once;
- `counting`: which seams each baseline calls, how often and for how long;
- `proving`: each candidate, whose proofs are a `proof_queue` that `proof_workers` take from; `try_extremes`: candidates
  on extreme inputs;
- `measuring`: groups in their processes, by `rounds`, for as long as `budget` says; `slow_baseline`: whether a baseline
  is slowed down by its company;
- `blame`: whose fault it is that an output was refused or a worker died; `outcome`: what was found.

How long to measure is decided in the parent; workers only do as told. Every round is reported when it is done, so an
interruption loses at most the round under way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfkit.machine.environment import usable_cores
from perfkit.protocol.opening import FromCallables
from perfkit.session.counting import SeamCounter
from perfkit.session.measuring import Measuring
from perfkit.session.open_worker import Opener, Reserve, StartWorker
from perfkit.session.outcome import Group, Outcome
from perfkit.session.proof_workers import ProofWorkers
from perfkit.session.proving import Prover
from perfkit.session.worker_process import WorkerHandle, WorkerProcess
from perfkit.settings import Settings
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["Session"]

_MOST_AT_ONCE = 2  # more would hold the weights of a model once more each

Report = Callable[[str, float], None]  # what is being done, and the fraction of the session that is over


class Session:
    """Runs groups of one target, or of functions, under one set of settings. `outcome` is valid at any moment."""

    def __init__(
        self,
        code: str | FromCallables,
        settings: Settings,
        report: Report,
        keep: Callable[[], None] = lambda: None,
        *,
        installed: bool = True,
        start: StartWorker = WorkerProcess,
        at_once: int | None = None,
    ) -> None:
        """`code`: a target, or functions by name. `report` hears what is being done; `keep` is called whenever samples
        of one more group are in.

        `installed`: whether workers look for catalogues of installed packages, which takes each of them a while.
        `start` makes a worker from its environment. `at_once`: how many prove or build beside each other; None: as many
        as there is room for.
        """
        self.outcome = Outcome(threads=settings.threads)
        self.at_once = at_once or _room_for(settings.threads)
        self._open = Opener(code, settings, self.outcome, installed=installed, start=start)
        self._reserve = Reserve(self._open, self.at_once)
        self.proof_workers = ProofWorkers(self._open, self.at_once)
        self.counter = SeamCounter(self.outcome, self._open, report, self.proof_workers)
        self.prover = Prover(self.outcome, self.proof_workers, report, self._reserve)
        self._measuring = Measuring(self.outcome, settings, self._open, report, keep, self.at_once, self._reserve)

    def worker(self, process: int, *, describe: bool = False) -> WorkerHandle:
        """A fresh interpreter with the target loaded; `describe`: note the environment too."""
        return self._open(process, describe=describe)

    def measure(
        self,
        groups: Sequence[Group],
        budget_s: float | None = None,
        deadline: float | None = None,
        fewest: int = MIN_PROCESSES,
    ) -> None:
        """Sample every group in its number of fresh processes: see `Measuring.measure`."""
        self._measuring.measure(groups, budget_s, deadline, fewest)

    def close(self) -> None:
        """End the workers that were opened ahead and not measured in, where an interruption came between."""
        self._reserve.close()


def _room_for(threads: int) -> int:
    """How many workers may prove or build beside each other, where each has so many threads: two, if there is room."""
    return _MOST_AT_ONCE if usable_cores() >= _MOST_AT_ONCE * threads else 1
