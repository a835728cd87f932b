"""A device on a virtual clock: what it is given it does when somebody waits, and nothing ever sleeps.

Its memory is handed out as torch's allocator does: what was freed last comes first, with what was in it.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from perfkit.machine.roofline import Rates
from perfkit.worker.device.protocol import Clocks

__all__ = ["COLD_NS", "LAST", "LAUNCH_NS", "WAIT_NS", "FakeDevice"]

LAUNCH_NS, WAIT_NS = 2_000, 1_000  # what giving it work, and waiting for it, takes the host
COLD_NS = 300_000  # what the first work takes longer when the cache has been flushed
_FLUSH_NS = 50_000
LAST: list[FakeDevice] = []  # where the files of a catalogue find the one of their test


class FakeDevice:
    """See perfkit.worker.device.protocol.Device; `launch`, `empty` and `put` are what a program does with it."""

    name = "fake:0"

    def __init__(self) -> None:
        self.now_ns = 0  # the host's time
        self.clock = Clocks(now_mhz=1980, most_mhz=1980)
        self.did: list[str] = []
        self._cold = False
        self.live: dict[int, np.ndarray] = {}  # blocks that are given away, by address
        self._busy_ns: dict[str, int] = defaultdict(int)  # by stream: when all that it was given is done
        self._ahead: list[tuple[int, int, Callable[[], object]]] = []
        self._number = itertools.count()
        self._free: dict[int, list[np.ndarray]] = defaultdict(list)  # by size, what was freed last at the end

    def host(self) -> int:
        """The host's clock."""
        return self.now_ns

    def launch(self, work: Callable[[], object], ns: int, stream: str = "") -> None:
        """Give it work that takes so long, behind what it has on that stream."""
        self.now_ns += LAUNCH_NS
        ns, self._cold = ns + COLD_NS * self._cold, False
        self._busy_ns[stream] = max(self.now_ns, self._busy_ns[stream]) + ns
        heapq.heappush(self._ahead, (self._busy_ns[stream], next(self._number), work))

    def empty(self, shape: tuple[int, ...]) -> np.ndarray:
        """Memory for that many float32, with whatever is in it."""
        size = 4 * int(np.prod(shape))
        block = self._free[size].pop() if self._free[size] else np.zeros(size, np.uint8)
        return np.asarray(_Lease(self, block)).view(np.float32).reshape(shape)

    def put(self, array: np.ndarray) -> np.ndarray:
        """The same numbers in memory of the device."""
        made = self.empty(array.shape)
        made[...] = array
        return made

    def given_back(self, address: int, block: np.ndarray) -> None:
        """A block is free again."""
        self.live.pop(address, None)
        self._free[block.nbytes].append(block)

    def synchronise(self) -> None:
        self.now_ns += WAIT_NS
        while self._ahead:
            end_ns, _, work = heapq.heappop(self._ahead)
            self.now_ns = max(self.now_ns, end_ns)
            work()

    def record(self) -> int:
        return max(self.now_ns, self._busy_ns[""])

    def elapsed_ns(self, start: int, stop: int) -> int:
        return stop - start

    def step_ns(self) -> int:
        return 500

    def flush(self) -> None:
        self.did.append("flush")
        self.launch(lambda: None, _FLUSH_NS)
        self.synchronise()
        self._cold = True

    def poison(self) -> None:
        self.did.append("poison")
        for blocks in self._free.values():
            for block in blocks:
                block[:] = 0xFF

    def spare_bytes(self) -> int:
        return 2**20

    def rates(self) -> Rates:
        return Rates(operations=1e12, read=1e12)

    def clocks(self) -> Clocks:
        return self.clock


class _Lease:
    """Keeps a block from the free ones for as long as an array over it lives."""

    def __init__(self, device: FakeDevice, block: np.ndarray) -> None:
        self._device, self._block = device, block
        self.__array_interface__ = block.__array_interface__
        self._address = block.ctypes.data
        device.live[self._address] = block

    def __del__(self) -> Any:
        self._device.given_back(self._address, self._block)
