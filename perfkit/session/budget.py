"""How long to measure: the budget shared out over processes and groups, and when a process has seen enough.

A process stops for one of three reasons only: its share of the budget is spent, its medians are precise enough, or
it has done the most rounds allowed. Significance is never looked at: stopping on it would inflate false claims.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from perfkit.protocol.measuring import Piloted
from perfkit.schedule import BASELINE, CONTROL
from perfkit.settings import Settings
from perfkit.stats.estimate import median_standard_error

__all__ = ["Budget", "StoppingRule", "common_loops"]

_LONGEST_SAMPLE_NS = 50_000_000
_LEAST_BESIDE_S = 1.5  # that a visit is taken to need beside its sampling
_MOST_BESIDE = 0.7  # of the time until a deadline: the rest is for sampling
_LOOK_EVERY = 5  # rounds: a median hardly moves in one


def common_loops(piloted: Mapping[str, Piloted]) -> dict[str, int]:
    """Calls per sample of every role, from its pilot.

    Inputs are written before the walk and read in it: the more there are, the colder they have become. Roles that
    draw inputs therefore all walk as many, enough for the fastest as long as the slowest stays below 50 ms. Where
    nothing is drawn each role walks its own number, and the control the baseline's.
    """
    loops = {role: pilot.loops for role, pilot in piloted.items()}
    if not any(pilot.draws for pilot in piloted.values()):
        return {**loops, CONTROL: loops.get(BASELINE, loops[CONTROL])} if CONTROL in loops else loops
    slowest_ns = max(pilot.call_ns for pilot in piloted.values())
    common = max(1, min(max(loops.values()), int(_LONGEST_SAMPLE_NS / max(slowest_ns, 1.0))))
    return dict.fromkeys(loops, common)


class StoppingRule:
    """Decides after each round of one group in one process whether there is another."""

    def __init__(self, settings: Settings, share_s: float, spend: Callable[[float], None], now: Callable[[], float]):
        self._settings = settings
        self._share_s = share_s
        self._spend = spend
        self._now = now
        self.start()

    def start(self) -> None:
        """The first round is about to begin; set-up is over."""
        self._start = self._last = self._now()
        self._log_ns: dict[str, list[float]] = {}
        self._rounds = 0
        self.stopped_by = ""

    def note(self, per_call_ns: Mapping[str, float]) -> None:
        """A round is over: nanoseconds per call by role."""
        self._rounds += 1
        for role, ns in per_call_ns.items():
            self._log_ns.setdefault(role, []).append(math.log(ns))
        now = self._now()
        self._spend(now - self._last)
        self._last = now

    def goes_on(self) -> bool:
        """Whether to do another round; the first is always done."""
        if self._rounds == 0:
            return True
        used_s = self._now() - self._start
        if self._rounds >= self._settings.max_rounds:
            self.stopped_by = "rounds"
        elif used_s + used_s / self._rounds / 2 > self._share_s:
            self.stopped_by = "budget"
        elif self._looks() and self._precise():
            self.stopped_by = "precision"
        return not self.stopped_by

    def _looks(self) -> bool:
        """Whether it is time to ask how precise the medians are: at the fewest rounds, and every few after."""
        beyond = self._rounds - self._settings.min_rounds
        return beyond >= 0 and beyond % _LOOK_EVERY == 0

    def _precise(self) -> bool:
        base = self._log_ns[BASELINE]
        ratios = {
            role: [b - o for b, o in zip(base, log_ns, strict=True)]
            for role, log_ns in self._log_ns.items()
            if role != BASELINE
        }
        fine, relative = self._settings.precision, self._settings.relative_precision
        enough = {role: max(fine, relative * abs(statistics.median(taken))) for role, taken in ratios.items()}
        if len(enough) > 1 and CONTROL in enough:  # a noise floor need be no finer than what it stands beside
            enough[CONTROL] = min(error for role, error in enough.items() if role != CONTROL)
        return all(median_standard_error(taken) <= enough[role] for role, taken in ratios.items())


class Budget:
    """Shares one budget out over the processes and groups of a session; what one leaves, the next may use."""

    def __init__(
        self,
        settings: Settings,
        visits: Sequence[Sequence[float]],
        now: Callable[[], float] = time.monotonic,
        deadline: float | None = None,
    ) -> None:
        """`visits`: for each process, the weights of the groups it measures, in order.

        `deadline`, by `now`: when all is to be over, with what is not sampling too, which visits to come are taken to
        need as much of as those that are over.
        """
        self._settings = settings
        self._now = now
        self._deadline, self._start = deadline, now()
        self._left = [weight for process in visits for weight in process]
        self._visits = len(self._left)
        self._rules: list[StoppingRule] = []
        self.spent_s = 0.0

    @property
    def exhausted(self) -> bool:
        """Whether the budget, rather than precision, ended the session."""
        return any(stopping.stopped_by == "budget" for stopping in self._rules)

    def stopping(self) -> StoppingRule:
        """The stopping rule of the next visit: its weighted share of what is left for it and all that follow."""
        left_s = max(0.0, min(self._settings.budget_s - self.spent_s, self._until_deadline()))
        share_s = left_s * self._left[0] / sum(self._left)
        self._left.pop(0)
        stopping = StoppingRule(self._settings, share_s, self._spend, self._now)
        self._rules.append(stopping)
        return stopping

    def is_tight(self) -> bool:
        """Whether what is not sampling takes so much of the time until the deadline that visits should be given up."""
        if self._deadline is None or not self._left:
            return False
        beside_s = self._beside_s(self._visits - len(self._left)) * len(self._left)
        return beside_s > _MOST_BESIDE * (self._deadline - self._now())

    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self._deadline is not None and self._now() > self._deadline

    def give_up(self, visits: int, instead: Sequence[float] = ()) -> None:
        """The last so many will not take place, or these, by their weights, in their place."""
        self._left[len(self._left) - visits :] = instead
        self._visits -= visits - len(instead)

    def _until_deadline(self) -> float:
        """Seconds of sampling that there are until the deadline."""
        if self._deadline is None:
            return math.inf
        begun = self._visits - len(self._left) + 1  # what is about to be sampled has been built
        return self._deadline - self._now() - self._beside_s(begun) * (len(self._left) - 1)

    def _beside_s(self, begun: int) -> float:
        """What one of the visits that have begun has taken beside its sampling, and some time at least: the quick ones
        come first."""
        return max(_LEAST_BESIDE_S, (self._now() - self._start - self.spent_s) / max(1, begun))

    def fraction(self) -> float:
        """How much of the session is over, 0…1."""
        return 1 - len(self._left) / max(1, self._visits)

    def _spend(self, seconds: float) -> None:
        self.spent_s += seconds
