"""The roofline floor: no call is over before a device could have done the least that it must do."""

from __future__ import annotations

from perfkit import numbers
from perfkit.machine.roofline import Rates
from perfkit.target import Cost
from perfkit.worker.guard import Rejected

__all__ = ["check_floor", "floor_ns"]

_SHARE = 0.5  # of the least time at the rates that were seen: a device may have quicker ways than those tried


def floor_ns(cost: Cost | None, rates: Rates) -> float:
    """Nanoseconds that a call of that cost takes at least; 0 where nobody says what it must do."""
    if cost is None:
        return 0.0
    return _SHARE * 1e9 * max(cost.operations / rates.operations, cost.read / rates.read)


def check_floor(call_ns: float, least_ns: float, during: str) -> None:
    """Raise Rejected where a call was over sooner than that: its work was not on the clock, or was not done."""
    if call_ns < least_ns:
        raise Rejected(
            during,
            error=f"takes {numbers.time(call_ns)}, less than the {numbers.time(least_ns)} that the device needs at the"
            " very least for what the target says a call must do: its work is not done while the clock runs",
        )
