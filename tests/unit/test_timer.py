"""The host timer on a clock that only moves when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from perfkit.worker.handlers.measuring import sample_ns
from perfkit.worker.timer import Clock, HostTimer


class FakeClock:
    """Nanoseconds that pass only by `advance`."""

    def __init__(self, start_ns: int = 10**18) -> None:
        self.now_ns = start_ns  # large: a float would already round here

    def __call__(self) -> int:
        return self.now_ns

    def advance(self, ns: int) -> None:
        self.now_ns += ns


def ticking(readings: Iterator[int]) -> Clock:
    return lambda: next(readings)


def test_a_walk_returns_the_exact_nanoseconds_of_its_calls_and_the_last_result() -> None:
    clock = FakeClock()

    def work(ns: int) -> str:
        clock.advance(ns)
        return f"took {ns}"

    assert HostTimer(clock).time_calls(work, [3, 10**9, 1]) == (10**9 + 4, "took 1")


def test_each_argument_is_used_once_and_in_order() -> None:
    seen: list[object] = []
    arguments = [object() for _ in range(50)]
    HostTimer(FakeClock()).time_calls(seen.append, arguments)

    assert len(seen) == 50
    assert all(a is b for a, b in zip(seen, arguments, strict=True))


def test_a_walk_hands_over_the_argument_itself_and_a_starred_walk_its_parts() -> None:
    seen: list[tuple[object, ...]] = []

    def note(*args: object) -> int:
        seen.append(args)
        return len(seen)

    assert HostTimer(FakeClock()).time_calls(note, [(1, 2)]) == (0, 1)
    assert HostTimer(FakeClock()).time_calls(note, [(1, 2), (), (3,)], star=True) == (0, 4)
    assert seen == [((1, 2),), (1, 2), (), (3,)]


def test_a_starred_walk_is_timed_alike() -> None:
    clock = FakeClock()

    assert HostTimer(clock).time_calls(lambda ns, twice: clock.advance(ns * twice), [(3, 2), (5, 1)], star=True) == (
        11,
        None,
    )


@pytest.mark.parametrize("star", [False, True])
def test_the_clock_is_read_before_the_first_call_and_after_the_last_only(star: bool) -> None:
    readings: list[str] = []

    def clock() -> int:
        readings.append("clock")
        return 0

    HostTimer(clock).time_calls(lambda *_: readings.append("call"), [(1,), (2,), (3,)], star=star)

    assert readings == ["clock", "call", "call", "call", "clock"]


@pytest.mark.parametrize("star", [False, True])
def test_a_walk_over_nothing_has_no_result(star: bool) -> None:
    assert HostTimer(FakeClock()).time_calls(print, [], star=star) == (0, None)


@pytest.mark.parametrize(("star", "arguments"), [(False, [3, 5]), (True, [(3,), (5,)])])
def test_single_calls_have_their_own_nanoseconds(star: bool, arguments: list[object]) -> None:
    clock = FakeClock()

    assert HostTimer(clock).time_each(clock.advance, arguments, star=star) == [3, 5]


@pytest.mark.parametrize("step_ns", [1, 40, 1_000_000])
def test_the_resolution_of_a_coarse_clock_is_its_step(step_ns: int) -> None:
    count = iter(range(10**9))

    assert HostTimer(lambda: next(count) // 7 * step_ns).resolution_ns(tries=20) == step_ns


def test_the_smallest_of_several_steps_counts() -> None:
    readings = chain.from_iterable((base, base + step) for base, step in [(0, 90), (1000, 30), (2000, 60)])

    assert HostTimer(ticking(readings)).resolution_ns(tries=3) == 30


def test_a_stuck_clock_gives_up_and_says_one() -> None:
    assert HostTimer(lambda: 5).resolution_ns(tries=3) == 1


def test_a_clock_that_sticks_after_a_step_keeps_what_was_seen() -> None:
    readings = chain([0, 25], repeat(25))

    assert HostTimer(ticking(readings)).resolution_ns(tries=3) == 25


def test_a_clock_that_steps_back_is_no_step() -> None:
    readings = chain([100, 50], [200, 220], repeat(220))

    assert HostTimer(ticking(readings)).resolution_ns(tries=2) == 20


@pytest.mark.parametrize(("step_ns", "aim_ns"), [(1, 250_000), (42, 250_000), (250, 250_000), (1_000_000, 10**9)])
def test_a_sample_is_to_last_a_thousand_steps_of_the_clock_and_a_quarter_of_a_millisecond(
    step_ns: int, aim_ns: int
) -> None:
    assert sample_ns(step_ns) == aim_ns
