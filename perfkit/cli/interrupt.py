"""Ctrl-C, and the signals that end a job or a connection, taken where nothing can be lost by them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupts", "Stopped", "deferred"]

_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, a job's time limit, a connection that is gone


class Stopped(KeyboardInterrupt):
    """One of these signals, raised; `code` is the exit code that goes with it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


class Interrupts:
    """What these signals do while a command works.

    The first one raises Stopped inside `allowed`, and is remembered elsewhere: imports, statistics and saving are
    short, and half of them is worth nothing. The next one raises wherever it is, for a user who insists.
    """

    def __init__(self) -> None:
        self.number = 0  # of the first signal
        self._allowed = False

    @property
    def asked(self) -> bool:
        """Whether one has come."""
        return self.number != 0

    @property
    def code(self) -> int:
        """The exit code that goes with it: 130, 143 or 129; 0 while none has come."""
        return 128 + self.number if self.number else 0

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """The work inside may be cut short; at once, where a signal came before it began."""
        self._allowed = True
        try:
            if self.asked:
                raise Stopped(self.number)
            yield
        finally:
            self._allowed = False

    def strike(self, number: int, frame: FrameType | None) -> None:
        """The handler of each of these signals."""
        insisting, self.number = self.asked, self.number or number
        if self._allowed or insisting:
            raise Stopped(self.number)


@contextmanager
def deferred() -> Iterator[Interrupts]:
    """Handle these signals as `Interrupts` says for as long as the block runs. Only the main thread may do this.

    What whoever started the command chose to ignore (nohup) stays ignored.
    """
    interrupts = Interrupts()
    numbers = [getattr(signal, name) for name in _STOPPING if hasattr(signal, name)]
    taken = [n for n in numbers if n == signal.SIGINT or signal.getsignal(n) is signal.SIG_DFL]
    before = {n: signal.signal(n, interrupts.strike) for n in taken}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
