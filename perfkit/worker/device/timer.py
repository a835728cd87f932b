"""A timer for a device whose work goes on after a call has returned.

Every call is timed by itself: all streams are waited for, the device marks its time, the call is made, all streams are
waited for once more, and the device marks its time again. What a call has put on another stream, or leaves to be done
when its result is read, is on the clock therefore; and what it leaves to the next call is not there when its result is
looked at. The host's clock runs beside: the device's is not believed where it denies that the host has waited.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from perfkit.worker.device.memory import Quarantine
from perfkit.worker.device.protocol import Device
from perfkit.worker.device.witness import Witness

__all__ = ["DeviceTimer"]

_EMPTY_CALLS = 9  # that tell how much longer the host's clock runs around a call than the device's


class DeviceTimer:
    """Times calls by a device's own clock, one by one. See Timer."""

    def __init__(self, device: Device, host: Callable[[], int] = time.perf_counter_ns) -> None:
        self.device = device
        self._host = host
        self._past = Quarantine(device.spare_bytes)
        self._role, self._witness = "", Witness()
        self._witness.calibrate([self._once(_nothing, ())[:2] for _ in range(_EMPTY_CALLS)])

    def time_calls(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> tuple[int, Any]:
        """See Timer. Raises ClockDenied where the device's clock denies again and again that the host has waited."""
        elapsed_ns, result = 0, None
        for argument in arguments:
            one_ns, result = self._timed(call, argument if star else (argument,))
            elapsed_ns += one_ns
        return elapsed_ns, result

    def time_each(self, call: Callable[..., Any], arguments: Sequence[Any], *, star: bool = False) -> list[int]:
        """See Timer."""
        return [self._timed(call, argument if star else (argument,))[0] for argument in arguments]

    def resolution_ns(self) -> int:
        """See Timer."""
        return max(1, self.device.step_ns())

    def begin(self, role: str) -> None:
        """See Timer: what other roles have left in free memory is written over."""
        self._role = role
        self.device.poison()

    def cool(self) -> None:
        """See Timer: the device's last cache."""
        self.device.flush()

    def _timed(self, call: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[int, Any]:
        device_ns, host_ns, result = self._once(call, arguments)
        self._past.keep(arguments, result)
        return self._witness.believed(device_ns, host_ns, self._role), result

    def _once(self, call: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[int, int, Any]:
        """One call: nanoseconds by the device's clock and by the host's, and what it gave."""
        device = self.device
        device.synchronise()
        begun = self._host()
        start = device.record()
        result = call(*arguments)
        device.synchronise()
        stop = device.record()
        device.synchronise()
        host_ns = self._host() - begun
        return device.elapsed_ns(start, stop), host_ns, result


def _nothing() -> None:
    """A call that does nothing."""
