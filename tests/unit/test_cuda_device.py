"""What the GPU's side of a timer asks of torch, on a stand-in of torch: no GPU has ever run this file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.errors import PerfkitError
from perfkit.machine.gpu import Gpu
from perfkit.worker.device import cuda
from perfkit.worker.device.cuda import Cuda, open_cuda
from perfkit.worker.device.protocol import Clocks

UUID = "8a1b"
SEGMENTS = [
    {
        "device": 0,
        "address": 1000,
        "segment_pool_id": (0, 0),
        "blocks": [
            {"size": 100, "state": "inactive"},
            {"size": 20, "state": "active_allocated"},
            {"size": 30, "state": "active_pending_free"},
            {"size": 50, "state": "inactive"},
        ],
    },
    {"device": 1, "address": 5000, "blocks": [{"size": 8, "state": "inactive"}]},
    {"device": 0, "address": 9000, "segment_pool_id": (0, 3), "blocks": [{"size": 8, "state": "inactive"}]},
]


class Event:
    """Marks times that are half a millisecond apart."""

    made: list[Event] = []  # noqa: RUF012 - of one test

    def __init__(self, *, enable_timing: bool) -> None:
        assert enable_timing
        self.at_ms, self.waited_for = 0.0, False

    def record(self) -> None:
        Event.made.append(self)
        self.at_ms = 0.5 * len(Event.made)

    def synchronize(self) -> None:
        self.waited_for = True

    def elapsed_time(self, stop: Event) -> float:
        return stop.at_ms - self.at_ms


class Tensor:
    def __init__(self, memory: Any) -> None:
        self.memory = memory

    def fill_(self, number: int) -> None:
        FILLED.append((self.memory, number))


FILLED: list[tuple[Any, int]] = []


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Event, "made", [])
    FILLED.clear()
    waited: list[int] = []
    module = SimpleNamespace(
        Event=Event,
        synchronize=waited.append,
        memory_snapshot=lambda: SEGMENTS,
        mem_get_info=lambda index: (1000, 4000),
        get_device_properties=lambda index: SimpleNamespace(L2_cache_size=7, uuid=UUID),
        waited=waited,
    )
    return SimpleNamespace(
        cuda=module,
        Tensor=Tensor,
        uint8="uint8",
        empty=lambda size, dtype, device: Tensor((device, size)),
        as_tensor=lambda memory, device: Tensor((device, memory.__cuda_array_interface__)),
    )


def test_its_clock_is_that_of_events_in_nanoseconds(torch: Any) -> None:
    device = Cuda(torch, 0)
    start, stop = device.record(), device.record()

    assert device.name == "cuda:0"
    assert device.elapsed_ns(start, stop) == 500_000
    assert stop.waited_for
    assert device.step_ns() == 500


def test_it_waits_for_every_stream_of_its_own_gpu(torch: Any) -> None:
    Cuda(torch, 3).synchronise()

    assert torch.cuda.waited == [3]


def test_what_is_replaced_after_it_was_opened_is_not_asked(torch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    device = Cuda(torch, 0)
    monkeypatch.setattr(Event, "elapsed_time", lambda start, stop: 0.0)
    monkeypatch.setattr(Event, "record", lambda event: None)
    monkeypatch.setattr(Event, "synchronize", lambda event: None)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda index: None)
    start, stop = device.record(), device.record()
    device.synchronise()

    assert device.elapsed_ns(start, stop) == 500_000
    assert stop.waited_for
    assert torch.cuda.waited == [0]


def test_free_blocks_of_its_own_are_written_over_and_those_of_captured_graphs_are_not(torch: Any) -> None:
    Cuda(torch, 0).poison()

    assert [(memory["data"], memory["shape"], number) for (_, memory), number in FILLED] == [
        ((1000, False), (100,), 0xFF),
        ((1150, False), (50,), 0xFF),
    ]
    assert torch.cuda.waited == [0, 0]  # before, since who freed it may still write to it, and after


def test_the_last_cache_is_flushed_by_writing_twice_as_much(torch: Any) -> None:
    device = Cuda(torch, 0)
    device.flush()
    device.flush()

    assert FILLED == [(("cuda:0", 14), 0xFF)] * 2
    assert device.spare_bytes() == 250


def test_its_clocks_are_those_of_the_gpu_with_its_uuid(torch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gpu(index: int, uuid: str, now_mhz: int) -> Gpu:
        return Gpu(
            index=index,
            uuid=uuid,
            name="",
            driver="",
            memory_bytes=0,
            now_mhz=now_mhz,
            most_mhz=1980,
            celsius=0,
            throttled="its power limit",
        )

    monkeypatch.setattr(cuda, "gpus", lambda: [gpu(0, "GPU-other", 1), gpu(1, f"GPU-{UUID}", 900)])
    assert Cuda(torch, 0).clocks() == Clocks(now_mhz=900, most_mhz=1980, throttled="its power limit")

    monkeypatch.setattr(cuda, "gpus", list)
    assert Cuda(torch, 0).clocks() == Clocks()


def test_without_a_gpu_it_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(PerfkitError, match="torch finds no CUDA device here"):
        open_cuda()
