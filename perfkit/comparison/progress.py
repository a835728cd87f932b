"""How much of a comparison is over, from what each of its stages is taken to need."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

__all__ = ["Progress"]

_MOST_BY_TIME = 0.95  # of a stage, whose end nothing but its end tells


class Progress:
    """Tells `doing` what is being done and the fraction of the whole that is over, which never goes back."""

    def __init__(self, doing: Callable[[str, float], None], clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is expected yet: see `expect`."""
        self._doing, self._clock = doing, clock
        self._over_s, self._current_s = 0.0, 0.0
        self._to_come: list[float] = []
        self._begun = clock()
        self._most = 0.0

    def expect(self, stages: Sequence[float]) -> None:
        """The seconds that each stage to come will need, after the one under way."""
        self._to_come = list(stages)

    def begin(self) -> None:
        """The stage under way is over, and the next begins."""
        self._over_s += self._current_s
        self._current_s = self._to_come.pop(0) if self._to_come else 0.0
        self._begun = self._clock()

    def tell(self, what: str, within: float) -> None:
        """What is being done; `within`: at least so much of the stage is over."""
        by_time = (self._clock() - self._begun) / self._current_s if self._current_s else 0.0
        within = max(min(within, 1.0), min(by_time, _MOST_BY_TIME))
        whole_s = self._over_s + self._current_s + sum(self._to_come)
        over = (self._over_s + within * self._current_s) / whole_s if whole_s else 0.0
        self._most = max(self._most, over)
        self._doing(what, self._most)
