"""What calls were given and have given, kept for a while, so that the next is given memory at another address."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from perfkit.tree import bytes_of

__all__ = ["Quarantine"]

_CALLS = 8


class Quarantine:
    """Keeps the arguments and results of the last calls, as far as there is memory for it.

    An allocator gives the memory that was freed last to who asks next: whoever knows an input by its address would meet
    the same one at each call. Kept back, no address comes again before eight calls are over, and then with other
    contents.
    """

    def __init__(self, spare_bytes: Callable[[], int]) -> None:
        self._spare_bytes = spare_bytes
        self._kept: deque[tuple[Any, int]] = deque()

    def keep(self, *values: Any) -> None:
        """Keep what a call was given and gave; let go of the oldest."""
        size = sum(bytes_of(value) for value in values)
        self._kept.append((values, size))
        most = self._spare_bytes()
        while self._kept and (len(self._kept) > _CALLS or sum(kept for _, kept in self._kept) > most):
            self._kept.popleft()
