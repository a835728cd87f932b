"""The host's clock beside the device's: whoever has changed what the latter says is found out by the former.

A call is not shorter than its caller waited, but for what reading two clocks takes, and not longer. On a busy machine
the host may be kept from reading its clock; so the larger of the two counts, and only what comes again and again is an
accusation.
"""

from __future__ import annotations

import statistics
from collections import defaultdict, deque
from collections.abc import Sequence

from perfkit import numbers

__all__ = ["ClockDenied", "Witness"]

_WINDOW, _MOST = 64, 16  # of so many calls, so many in which the clocks may contradict each other
_LEAST_NS = 100_000  # what the host may be kept from its clock at any time
_TIMES = 8  # of what lies between the two clocks around an empty call


class ClockDenied(Exception):
    """What the device's clock says cannot be, as the host's clock knows."""


class Witness:
    """Holds what the device's clock says of each call against the host's."""

    def __init__(self) -> None:
        self._margin_ns = _LEAST_NS
        self._contradicted: dict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=_WINDOW))  # by role

    def calibrate(self, empty: Sequence[tuple[int, int]]) -> None:
        """`empty`: (device's, host's) nanoseconds of calls that do nothing."""
        between = statistics.median([host_ns - device_ns for device_ns, host_ns in empty])
        self._margin_ns = max(_LEAST_NS, int(_TIMES * between))

    def believed(self, device_ns: int, host_ns: int, role: str = "") -> int:
        """The nanoseconds of a call. Raises ClockDenied where the clocks have contradicted each other too often.

        Of one role: what another has done to the clock is not its fault. After a refusal the count begins anew, for
        the next group has another candidate in that role.
        """
        shorter = host_ns - device_ns > max(device_ns, self._margin_ns)
        longer = device_ns - host_ns > max(host_ns, self._margin_ns)
        contradicted = self._contradicted[role]
        contradicted.append(shorter or longer)
        if not (shorter or longer):
            return device_ns
        if sum(contradicted) >= _MOST:
            contradicted.clear()
            said, waited = numbers.time(device_ns), numbers.time(host_ns)
            raise ClockDenied(
                f"the device's clock says {said} where its caller has waited {waited}: what it says has been changed"
            )
        return host_ns
