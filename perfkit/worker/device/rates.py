"""How fast a GPU can multiply and read at all: what no kernel goes beyond, for the roofline floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perfkit.machine.roofline import Rates
from perfkit.worker.device.protocol import Device

__all__ = ["rates_of"]

_WIDTH = 4096  # of the product
_SIZES = tuple(2**power for power in range(22, 31, 2))  # bytes of what is copied: within the last cache and beyond
_BURST, _TRIES = 10, 3  # calls in a row, so that launching one is not what is timed; the best burst counts


def rates_of(device: Device, torch: Any) -> Rates:
    """Measure both, in a second. Products in the dtype of tensor cores; copies read as much as they write.

    Where little memory is spare the larger copies are skipped, all but the smallest size.
    """
    matrix = torch.randn(_WIDTH, _WIDTH, dtype=torch.bfloat16, device=device.name)
    product = torch.empty_like(matrix)
    operations = 2 * _WIDTH**3 / _least_s(device, lambda: torch.matmul(matrix, matrix, out=product))
    read = 0.0
    most = device.spare_bytes() // 2  # two of a size are needed
    for size in (size for size in _SIZES if size <= max(most, _SIZES[0])):
        source = torch.zeros(size, dtype=torch.uint8, device=device.name)
        target = torch.empty_like(source)
        read = max(read, 2 * size / _least_s(device, lambda s=source, t=target: t.copy_(s)))  # type: ignore[misc]
    return Rates(operations=operations, read=read)


def _least_s(device: Device, call: Callable[[], Any]) -> float:
    """Seconds of one call, of the quickest burst."""
    call()
    taken = []
    for _ in range(_TRIES):
        device.synchronise()
        start = device.record()
        for _ in range(_BURST):
            call()
        stop = device.record()
        device.synchronise()
        taken.append(device.elapsed_ns(start, stop) / 1e9 / _BURST)
    return min(taken)
