"""Who watches a comparison hears how far it is, and gets what there is so far: now and then, not at every step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from perfkit.result import Document, Result
from perfkit.settings import Watcher

__all__ = ["Reporter"]

_KEEP_EVERY_S = 10.0  # how often a long run hands out what it has so far
_SHOW_EVERY_S = 3.0  # and shows it


class Reporter:
    """Passes on what a watcher wants to hear."""

    def __init__(
        self, watcher: Watcher, so_far: Callable[[], Sequence[Result]], document: Callable[[], Document]
    ) -> None:
        """`so_far` makes the rows that are shown, and `document` what is handed out to be kept."""
        self._watcher, self._so_far, self._document = watcher, so_far, document
        self._last_shown_s = self._last_kept_s = time.monotonic()

    def tell(self, what: str, fraction: float) -> None:
        """What is being done, and how much is over; and the rows so far, where somebody looks and it is time."""
        self._watcher.doing(what, fraction)
        if self._watcher.so_far is not None and time.monotonic() - self._last_shown_s >= _SHOW_EVERY_S:
            self._watcher.so_far(self._so_far())
            self._last_shown_s = time.monotonic()

    def keep(self) -> None:
        """More samples are in: hand out what there is, where somebody keeps it and it is time."""
        if self._watcher.kept is not None and time.monotonic() - self._last_kept_s >= _KEEP_EVERY_S:
            self._watcher.kept(self._document())
            self._last_kept_s = time.monotonic()
