"""What is under way and how long the rest takes, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import time

__all__ = ["Progress"]


class Progress:
    """So many steps, all of about the same length."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.skipped, self.start = total, 0, 0, time.monotonic()

    def skip(self) -> None:
        """A step that was done before."""
        self.skipped += 1

    def step(self, what: str) -> None:
        """A step that is done now."""
        self.done += 1
        at = self.done + self.skipped
        left_s = (time.monotonic() - self.start) / self.done * (self.total - at)
        if sys.stderr.isatty():
            print(f"\r\033[K{what}: {at} of {self.total}, about {left_s:.0f} s left", end="", file=sys.stderr)
            if at == self.total:
                print("\r\033[K", end="", file=sys.stderr)
