"""A clock for calls on a GPU, and one for a processor; what the machine allows at most, measured.

A call on a GPU returns before it is done, so it is timed by two events of the GPU's own clock, with everything before
waited for. Cold: more than the last cache is written between two calls.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

__all__ = ["Limits", "Timer", "limits_of", "spread"]

USUAL_CACHE = 64 << 20  # where torch does not say how large the last cache is
COPIED, MULTIPLIED = 1 << 28, 8192  # bytes, and rows of a square matrix, for the limits of a GPU
COPIED_HERE, MULTIPLIED_HERE = 1 << 24, 512  # of a processor
TRIES = 5


@dataclass(frozen=True)
class Limits:
    """Bytes a second that a copy reads and writes, and operations a second of a product, by dtype."""

    bytes_s: float
    operations_s: dict[str, float]

    def floor_s(self, moved: float, operations: float, dtype: str) -> float:
        """The least time that so many bytes and operations can take."""
        return max(moved / self.bytes_s, operations / self.operations_s[dtype])


class Timer:
    """One call at a time, on a device."""

    def __init__(self, device: torch.device) -> None:
        self.device, self.on_gpu = device, device.type == "cuda"
        cache = USUAL_CACHE
        if self.on_gpu:
            cache = getattr(torch.cuda.get_device_properties(device), "L2_cache_size", 0) or cache
        self._larger = torch.empty(2 * cache, dtype=torch.uint8, device=device)

    def wait(self) -> None:
        """For all that was asked of the device, in every stream."""
        if self.on_gpu:
            torch.cuda.synchronize(self.device)

    def empty_cache(self) -> None:
        """Write more than the last cache holds."""
        self._larger.fill_(255)
        self.wait()

    def seconds(self, call: Callable[[], Any], *, cold: bool) -> float:
        """How long one call takes. What it gives is freed afterwards."""
        if cold:
            self.empty_cache()
        self.wait()
        if not self.on_gpu:
            start = time.perf_counter()
            kept = call()
            elapsed_s = time.perf_counter() - start
            del kept
            return elapsed_s
        events = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        events[0].record()
        kept = call()
        self.wait()  # the event is of one stream, and the call may have used others
        events[1].record()
        self.wait()
        del kept
        return float(events[0].elapsed_time(events[1])) / 1e3

    def spoil_free_memory(self) -> None:
        """Fill memory that torch has at hand with what is no number, so that what is not written shows.

        The next results of these sizes lie there, as far as the allocator is used to it.
        """
        sizes = range(4, 22 if self.on_gpu else 16)
        blocks = [torch.full((1 << size,), float("nan"), device=self.device) for size in sizes for _ in range(4)]
        self.wait()
        del blocks


def limits_of(timer: Timer) -> Limits:
    """Measured now: the best of some copies, and of some products in either dtype."""
    size, rows = (COPIED, MULTIPLIED) if timer.on_gpu else (COPIED_HERE, MULTIPLIED_HERE)
    source = torch.ones(size, dtype=torch.uint8, device=timer.device)
    target = torch.empty_like(source)
    copied_s = _best_s(timer, lambda: target.copy_(source))
    operations_s = {}
    for dtype in (torch.float32, torch.bfloat16):
        matrix = torch.randn(rows, rows, device=timer.device).to(dtype)
        operations_s[str(dtype).removeprefix("torch.")] = 2.0 * rows**3 / _best_s(timer, lambda m=matrix: m @ m)
    return Limits(2.0 * size / copied_s, operations_s)


def _best_s(timer: Timer, call: Callable[[], Any]) -> float:
    call()
    return min(timer.seconds(call, cold=False) for _ in range(TRIES))


def spread(seconds: list[float]) -> tuple[float, float, float]:
    """The median, and the quartiles around it."""
    if len(seconds) < 2:
        return seconds[0], seconds[0], seconds[0]
    low, middle, high = statistics.quantiles(seconds, n=4)
    return middle, low, high
