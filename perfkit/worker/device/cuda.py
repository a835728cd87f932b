"""An NVIDIA GPU by torch.

What it calls is taken when it is opened, before any candidate is loaded: whoever replaces that later changes nothing.
"""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from typing import Any

from perfkit.errors import PerfkitError
from perfkit.machine.gpu import gpus
from perfkit.machine.roofline import Rates
from perfkit.worker.device.protocol import Clocks
from perfkit.worker.device.rates import rates_of

__all__ = ["Cuda", "open_cuda"]

_STEP_NS = 500  # cudaEventElapsedTime: "a resolution of around 0.5 microseconds" (CUDA Runtime API, Event Management)
_USUAL_CACHE = 128 * 2**20  # where torch does not say how large the last cache is
_POISON = 0xFF  # a NaN in every float, -1 in every whole number
_SPARE = 0.25  # of the memory that is free


def open_cuda() -> Cuda:
    """The GPU that is torch's current one. Raises PerfkitError where torch finds none."""
    if find_spec("torch") is None:
        raise PerfkitError("torch is not installed, and drives the GPU", hint="pip install torch")
    import torch  # where a target asks for its device

    if not torch.cuda.is_available():
        raise PerfkitError("torch finds no CUDA device here", hint="perfkit doctor names what there is")
    return Cuda(torch, torch.cuda.current_device())


class Cuda:
    """See Device."""

    def __init__(self, torch: Any, index: int) -> None:
        self.name = f"cuda:{index}"
        self._torch, self._cuda, self._index = torch, torch.cuda, index
        event = torch.cuda.Event
        self._event, self._mark, self._elapsed, self._wait = event, event.record, event.elapsed_time, event.synchronize
        self._synchronise, self._fill, self._snapshot = (
            torch.cuda.synchronize,
            torch.Tensor.fill_,
            torch.cuda.memory_snapshot,
        )

    def synchronise(self) -> None:
        """See Device. cudaDeviceSynchronize waits for every stream, those of other threads among them."""
        self._synchronise(self._index)

    def record(self) -> Any:
        """See Device."""
        event = self._event(enable_timing=True)
        self._mark(event)
        return event

    def elapsed_ns(self, start: Any, stop: Any) -> int:
        """See Device."""
        self._wait(stop)
        elapsed_ms: float = self._elapsed(start, stop)
        return round(1e6 * elapsed_ms)

    def step_ns(self) -> int:
        """See Device."""
        return _STEP_NS

    def flush(self) -> None:
        """See Device."""
        self._fill(self._larger_than_the_cache, _POISON)
        self.synchronise()

    @cached_property
    def _larger_than_the_cache(self) -> Any:
        cache = getattr(self._cuda.get_device_properties(self._index), "L2_cache_size", 0) or _USUAL_CACHE
        return self._torch.empty(2 * cache, dtype=self._torch.uint8, device=self.name)

    def poison(self) -> None:
        """See Device: every block that torch's allocator holds and has not given away."""
        self.synchronise()
        for address, size in self._free_blocks():
            memory = self._torch.as_tensor(_Memory(address, size), device=self.name)
            self._fill(memory, _POISON)
        self.synchronise()

    def _free_blocks(self) -> list[tuple[int, int]]:
        """Address and bytes. What belongs to a captured graph is left alone."""
        segments = [s for s in self._snapshot() if s["device"] == self._index]
        own = [s for s in segments if tuple(s.get("segment_pool_id", (0, 0))) == (0, 0)]
        found = []
        for segment in own:
            address = segment["address"]
            for block in segment["blocks"]:
                found += [(address, block["size"])] if block["state"] == "inactive" else []
                address += block["size"]
        return found

    def spare_bytes(self) -> int:
        """See Device."""
        return int(_SPARE * self._cuda.mem_get_info(self._index)[0])

    def rates(self) -> Rates:
        """See Device. Measured once."""
        return self._rates

    @cached_property
    def _rates(self) -> Rates:
        return rates_of(self, self._torch)

    def clocks(self) -> Clocks:
        """See Device: as nvidia-smi tells."""
        uuid = str(getattr(self._cuda.get_device_properties(self._index), "uuid", ""))
        for gpu in gpus():
            if gpu.uuid.removeprefix("GPU-") == uuid or (not uuid and gpu.index == self._index):
                return Clocks(now_mhz=gpu.now_mhz, most_mhz=gpu.most_mhz, throttled=gpu.throttled)
        return Clocks()


class _Memory:
    """Some memory of the device, as torch takes it from other libraries."""

    def __init__(self, address: int, size: int) -> None:
        self.__cuda_array_interface__ = {"shape": (size,), "typestr": "|u1", "data": (address, False), "version": 2}
