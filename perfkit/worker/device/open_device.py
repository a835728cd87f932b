"""The device that a target names."""

from __future__ import annotations

from perfkit.target import HOST
from perfkit.worker.device.cuda import open_cuda
from perfkit.worker.device.protocol import Device

__all__ = ["open_device"]

_OPENED: dict[str, Device] = {}  # by name: what one can do at most is measured once a process


def open_device(name: str) -> Device | None:
    """The device by that name; None for the host. Raises PerfkitError where there is none such here."""
    if name == HOST:
        return None
    if name not in _OPENED:
        _OPENED[name] = open_cuda()
    return _OPENED[name]
