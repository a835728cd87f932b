"""What the timer and the proof need of a device: a few verbs, so that a fake one can stand in for a real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from perfkit.machine.roofline import Rates

__all__ = ["Clocks", "Device"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How fast a device runs now and at most, in MHz, and what slows it; 0 and "" where that is not known."""

    now_mhz: int = 0
    most_mhz: int = 0
    throttled: str = ""


class Device(Protocol):
    """A device that is given work and does it later, on one or several streams, in memory of its own."""

    name: str  # as torch names it: "cuda:0"

    def synchronise(self) -> None:
        """Wait until all that it was given is done, on every stream."""

    def record(self) -> Any:
        """Mark this point of the device's own time, on the current stream."""

    def elapsed_ns(self, start: Any, stop: Any) -> int:
        """Nanoseconds from one mark to another by the device's own clock. It waits for the second."""

    def step_ns(self) -> int:
        """The step in which that clock counts."""

    def flush(self) -> None:
        """Write more than the last cache holds, and wait: what calls left there is read from memory again."""

    def poison(self) -> None:
        """Write over all memory that is free for the next allocation, so that nobody finds an earlier result in it."""

    def spare_bytes(self) -> int:
        """How much memory may be kept from being used again, without the program coming to lack it."""

    def rates(self) -> Rates:
        """The most it was ever seen to do in a second: operations in its quickest dtype, and bytes read."""

    def clocks(self) -> Clocks:
        """How fast it runs now."""
