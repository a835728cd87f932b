"""One session: a scout that counts and proves, then the measuring processes, round by round.

Everything that decides how long to measure stands here and in `perfkit.session.budget`, in the parent; workers only do
as told. Every round is reported when it is done, so an interruption loses at most the round under way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfkit.machine.environment import usable_cores
from perfkit.protocol.opening import FromCallables
from perfkit.session.measuring import Measuring
from perfkit.session.opening import Opener, StartWorker
from perfkit.session.outcome import Group, Outcome
from perfkit.session.process import WorkerHandle, WorkerProcess
from perfkit.session.scout import Scout
from perfkit.session.survey import Surveyor
from perfkit.settings import Settings

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
    ) -> None:
        """`code`: a target, or functions by name. `report` hears what is being done; `keep` is called whenever samples
        of one more group are in.

        `installed`: whether workers look for catalogues of installed packages, which takes each of them a while.
        `start` makes a worker from its environment.
        """
        self.outcome = Outcome(threads=settings.threads)
        at_once = _at_once(settings.threads) if start is WorkerProcess else 1
        self._open = Opener(code, settings, self.outcome, installed=installed, start=start)
        self.scout = Scout(self.outcome, self._open, report, at_once)
        self.surveyor = Surveyor(self.outcome, self._open, report, at_once)
        self._measuring = Measuring(self.outcome, settings, self._open, report, keep, at_once)

    def worker(self, process: int, *, describe: bool = False) -> WorkerHandle:
        """A fresh interpreter with the target loaded; `describe`: note the environment too."""
        return self._open(process, describe=describe)

    def measure(self, groups: Sequence[Group], budget_s: float | None = None, deadline: float | None = None) -> None:
        """Sample every group in its number of fresh processes, within the budget (by default the session's).

        `deadline`: when it is to be over, by `time.monotonic`.
        """
        self._measuring.measure(groups, budget_s, deadline)


def _at_once(threads: int) -> int:
    """How many workers may prove or build beside each other, where each has so many threads: two, if there is room."""
    return _MOST_AT_ONCE if usable_cores() >= _MOST_AT_ONCE * threads else 1
