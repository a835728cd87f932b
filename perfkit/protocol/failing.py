"""What a worker says when it does not answer what it was asked."""

from __future__ import annotations

from typing import Literal

from perfkit.protocol.record import Record
from perfkit.tree.difference import Difference

__all__ = ["Blamed", "Rejection", "ThreadRaised", "WorkerError"]

Blamed = Literal["exception", "out-of-memory", "target"]  # of `reasons.Cause` what a worker can tell of itself


class Rejection(Record, frozen=True, tag="rejected"):
    """An output is not right (`difference`), or code raised (`error`): `during` which step, of whose `role`.

    `reason` is None with a difference.
    """

    during: str
    role: str
    error: str
    reason: Blamed | None
    difference: Difference | None

    @property
    def text(self) -> str:
        """What went wrong, and where."""
        return f"{self.during}: {self.error or self.difference}"


class WorkerError(Record, frozen=True, tag="error"):
    """The worker's own PerfkitError; `code` is its exit code."""

    message: str
    hint: str
    code: int


class ThreadRaised(Record, frozen=True):
    """What threads of the measured code raised while a role ran, and how often."""

    role: str
    what: str
    count: int
