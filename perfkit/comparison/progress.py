"""How much of a comparison is over, from what each of its stages is taken to need."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping

__all__ = ["Progress"]

_MOST_BY_TIME = 0.95  # of a stage, whose end nothing but its end tells


class Progress:
    """Tells `doing` what is being done and the fraction of the whole that is over, which never goes back."""

    def __init__(self, doing: Callable[[str, float], None], clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is expected yet: see `expect`."""
        self._doing, self._clock = doing, clock
        self._over_s, self._current_s = 0.0, 0.0
        self._to_come: dict[Hashable, float] = {}
        self._begun = clock()
        self._most = 0.0

    def expect(self, stages: Mapping[Hashable, float]) -> None:
        """The seconds that each stage to come will need, by its name, after the one under way."""
        self._to_come = dict(stages)

    def begin(self, stage: Hashable) -> None:
        """The stage under way is over, and this one begins; it takes no time that anybody knows of, if not expected."""
        self._over_s += self._current_s
        self._current_s = self._to_come.pop(stage, 0.0)
        self._begun = self._clock()

    def tell(self, what: str, within: float) -> None:
        """What is being done; `within`: at least so much of the stage is over."""
        by_time = (self._clock() - self._begun) / self._current_s if self._current_s else 0.0
        within = max(min(within, 1.0), min(by_time, _MOST_BY_TIME))
        whole_s = self._over_s + self._current_s + sum(self._to_come.values())
        over = (self._over_s + within * self._current_s) / whole_s if whole_s else 0.0
        self._most = max(self._most, over)
        self._doing(what, self._most)
