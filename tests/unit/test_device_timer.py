"""The timer of a device on a virtual clock, whose work goes on after the call has returned."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.machine.roofline import Rates
from perfkit.target import Cost
from perfkit.worker.device import rates
from perfkit.worker.device.floor import check_floor, floor_ns
from perfkit.worker.device.memory import Quarantine
from perfkit.worker.device.protocol import Clocks
from perfkit.worker.device.settling import until_level
from perfkit.worker.device.throttling import throttling
from perfkit.worker.device.timer import DeviceTimer
from perfkit.worker.device.witness import ClockDenied, Witness
from perfkit.worker.guard import Rejected
from perfkit.worker.timer import HostTimer
from tests.device.fake import LAUNCH_NS, WAIT_NS, FakeDevice

WORK_NS = 1_000_000


def timer_of(device: FakeDevice) -> DeviceTimer:
    return DeviceTimer(device, device.host)


def work(device: FakeDevice, *streams: str) -> Callable[[Any], str]:
    def call(argument: Any) -> str:
        for stream in streams:
            device.launch(lambda: None, WORK_NS, stream)
        return f"gave {argument}"

    return call


def test_the_work_of_a_call_is_on_the_clock_though_the_call_has_returned() -> None:
    device = FakeDevice()
    elapsed_ns, result = timer_of(device).time_calls(work(device, ""), [1, 2, 3])

    assert result == "gave 3"
    assert 3 * WORK_NS <= elapsed_ns <= 3 * (WORK_NS + LAUNCH_NS + WAIT_NS)


def test_a_timer_that_does_not_wait_would_see_the_launch_alone() -> None:
    device = FakeDevice()

    assert HostTimer(device.host).time_calls(work(device, ""), [1, 2, 3])[0] == 3 * LAUNCH_NS


@pytest.mark.parametrize("streams", [("side",), ("", "side"), ("one", "other", "third")])
def test_every_stream_is_waited_for(streams: tuple[str, ...]) -> None:
    device = FakeDevice()
    elapsed_ns, _ = timer_of(device).time_calls(work(device, *streams), [1])

    assert WORK_NS <= elapsed_ns <= WORK_NS + len(streams) * LAUNCH_NS + WAIT_NS


def test_what_was_given_to_the_device_before_is_not_on_the_clock() -> None:
    device = FakeDevice()
    timer = timer_of(device)
    device.launch(lambda: None, 50 * WORK_NS, "side")

    assert timer.time_calls(work(device, ""), [1])[0] < 2 * WORK_NS


def test_arguments_are_handed_over_as_the_host_timer_does() -> None:
    device, seen = FakeDevice(), []
    timer = timer_of(device)
    timer.time_calls(lambda *args: seen.append(args), [(1, 2)])
    timer.time_calls(lambda *args: seen.append(args), [(1, 2), ()], star=True)

    assert seen == [((1, 2),), (1, 2), ()]
    assert timer.time_calls(print, []) == (0, None)


def test_single_calls_have_their_own_nanoseconds() -> None:
    device = FakeDevice()
    each = timer_of(device).time_each(lambda ns: device.launch(lambda: None, ns), [WORK_NS, 3 * WORK_NS])

    assert [round(ns / WORK_NS) for ns in each] == [1, 3]


def test_the_clock_is_as_fine_as_the_device_says() -> None:
    assert timer_of(FakeDevice()).resolution_ns() == 500


def test_before_a_sample_free_memory_is_written_over() -> None:
    device = FakeDevice()
    timer = timer_of(device)
    result = device.put(np.ones((8, 1), np.float32))
    del result
    timer.begin("baseline")

    assert np.isnan(device.empty((8, 1))).all()


def test_no_two_calls_in_a_row_get_memory_at_one_address() -> None:
    device = FakeDevice()
    timer = timer_of(device)
    addresses = []
    for _ in range(20):
        argument = device.put(np.ones((8, 1), np.float32))
        addresses.append(argument.ctypes.data)
        timer.time_calls(lambda x: device.empty(x.shape), [argument])
        del argument

    assert all(len({*addresses[i : i + 8]}) == 8 for i in range(12))
    one = device.put(np.ones((8, 1), np.float32))
    address = one.ctypes.data
    del one
    assert device.empty((8, 1)).ctypes.data == address  # as whoever kept nothing back would see at each call


def test_no_more_is_kept_back_than_there_is_memory_for() -> None:
    device = FakeDevice()
    kept = Quarantine(lambda: 3 * 32)
    for _ in range(20):
        kept.keep(device.put(np.ones((8, 1), np.float32)))

    assert len(device.live) == 3


def test_a_clock_that_denies_what_the_host_has_waited_is_not_believed_and_then_refused() -> None:
    witness = Witness()

    for _ in range(15):
        assert witness.believed(100_000, WORK_NS) == WORK_NS
    with pytest.raises(ClockDenied, match=r"100 µs where its caller has waited 1\.00 ms"):
        witness.believed(100_000, WORK_NS)


def test_a_clock_that_says_more_than_the_host_has_waited_is_refused_too() -> None:
    witness = Witness()

    assert [witness.believed(10 * WORK_NS, WORK_NS) for _ in range(15)] == [WORK_NS] * 15
    with pytest.raises(ClockDenied):
        witness.believed(10 * WORK_NS, WORK_NS)


def test_what_one_role_has_done_to_the_clock_accuses_no_other_and_is_forgotten_with_the_refusal() -> None:
    witness = Witness()

    for _ in range(2):
        for _ in range(15):
            witness.believed(100_000, WORK_NS, "fraud")
        assert witness.believed(100_000, WORK_NS, "sound") == WORK_NS  # as on a busy machine
        with pytest.raises(ClockDenied):
            witness.believed(100_000, WORK_NS, "fraud")


def test_a_timer_holds_what_a_clock_denies_against_the_role_that_has_begun() -> None:
    device = FakeDevice()
    timer = timer_of(device)
    device.elapsed_ns = lambda start, stop: 1  # type: ignore[method-assign]
    for role in ("sound", "fraud", "other"):
        timer.begin(role)
        timer.time_calls(work(device, ""), [1] * 15)
    with pytest.raises(ClockDenied):
        timer.time_calls(work(device, ""), [1])


def test_a_host_that_is_kept_from_its_clock_now_and_then_accuses_nobody() -> None:
    witness = Witness()

    for number in range(1000):
        late_ns = 5 * WORK_NS if number % 8 == 0 else 20_000
        witness.believed(WORK_NS, WORK_NS + late_ns)


def test_the_margin_is_what_lies_between_the_clocks_of_an_empty_call() -> None:
    witness = Witness()
    witness.calibrate([(2_000, 1_002_000)] * 3)  # a slow machine

    assert witness.believed(50_000, 2_050_000) == 50_000


def test_first_calls_are_made_until_they_take_alike() -> None:
    assert until_level(lambda number: [10**10, 5 * 10**9, 10**6, 10**6, 10**6][number]) == 5
    assert until_level(lambda number: 10**6) == 3
    assert until_level(lambda number: 2**number) == 16


def test_no_call_is_over_before_the_least_of_its_work_can_be() -> None:
    most = Rates(operations=1e12, read=1e11)
    least_ns = floor_ns(Cost(operations=1e6, read=1e6), most)

    assert least_ns == pytest.approx(5_000)  # half of what reading a megabyte takes: that is the longer
    assert floor_ns(None, most) == 0
    check_floor(5_001, least_ns, "round 1")
    with pytest.raises(Rejected, match=r"takes 4\.00 µs, less than the 5\.00 µs that the device needs at the very"):
        check_floor(4_000, least_ns, "round 1")


def test_a_device_that_is_slowed_is_named() -> None:
    device = FakeDevice()
    assert throttling(None) == throttling(device) == ()

    device.clock = Clocks(now_mhz=1200, most_mhz=1980, throttled="its power limit")
    assert throttling(device) == ("fake:0 is slowed by its power limit: trust the ratios, not the times",)


@pytest.mark.parametrize(("spare", "largest"), [(2**40, 2**12), (2**11, 2**10), (0, 2**8)])
def test_rates_are_of_copies_for_which_there_is_memory(
    spare: int, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ticking(FakeDevice):
        name = "cpu"

        def record(self) -> int:
            self.now_ns += 1_000
            return self.now_ns

        def spare_bytes(self) -> int:
            return spare

    asked: list[int] = []

    def zeros(size: int, **more: Any) -> Any:
        asked.append(size)
        return torch.zeros(size, **more)

    monkeypatch.setattr(rates, "_WIDTH", 4)
    monkeypatch.setattr(rates, "_SIZES", (2**8, 2**10, 2**12))
    given = SimpleNamespace(**{**vars(torch), "zeros": zeros})

    assert rates.rates_of(Ticking(), given).read > 0
    assert max(asked) == largest
