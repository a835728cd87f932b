"""Whether a device runs more slowly than it could: then its times are of a device that is hot, or short of power."""

from __future__ import annotations

from perfkit.worker.device.protocol import Device

__all__ = ["throttling"]


def throttling(device: Device | None) -> tuple[str, ...]:
    """A line where it is slowed now; nothing else."""
    slowed = device.clocks().throttled if device is not None else ""
    return (f"{device.name} is slowed by {slowed}: trust the ratios, not the times",) if device and slowed else ()
