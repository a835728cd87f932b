"""Ctrl-C, taken where nothing can be lost by it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupts", "deferred"]


class Interrupts:
    """What Ctrl-C does while a command works.

    The first one raises KeyboardInterrupt inside `allowed`, and is remembered elsewhere: imports, statistics and
    saving are short, and half of them is worth nothing. The next one raises wherever it is, for a user who insists.
    """

    def __init__(self) -> None:
        self.asked = False
        self._allowed = False

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """The work inside may be cut short; at once, where Ctrl-C was pressed before it began."""
        self._allowed = True
        try:
            if self.asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._allowed = False

    def strike(self, number: int, frame: FrameType | None) -> None:
        """The handler of SIGINT."""
        insisting, self.asked = self.asked, True
        if self._allowed or insisting:
            raise KeyboardInterrupt


@contextmanager
def deferred() -> Iterator[Interrupts]:
    """Handle Ctrl-C as `Interrupts` says for as long as the block runs. Only the main thread may do this."""
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, interrupts.strike)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
