"""The counting pass, on a clock that the seams themselves move."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from perfkit.worker.inputs import recorder as recorder_module
from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed, RandomArray
from perfkit.worker.inputs.recorder import SeamRecorder, Seen


class Clock:
    """Each thread has its own time, so that two of them do not add up."""

    def __init__(self) -> None:
        self._local = threading.local()

    def __call__(self) -> int:
        return getattr(self._local, "ns", 0)

    def work(self, ns: int) -> None:
        self._local.ns = self() + ns


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(recorder_module, "time", SimpleNamespace(perf_counter_ns=fake))
    return fake


@dataclass(frozen=True)
class Ops:
    outer: Callable[..., Any]
    inner: Callable[..., Any]
    idle: Callable[..., Any]


@pytest.fixture
def ops(clock: Clock) -> Ops:
    """outer works 5 ns, calls inner twice (10 ns each) and works 3 ns more."""

    def outer(ops: Ops, x: np.ndarray) -> str:
        clock.work(5)
        ops.inner(x)
        ops.inner(x)
        clock.work(3)
        return "out"

    return Ops(outer=outer, inner=lambda x: clock.work(10), idle=lambda: None)


X = np.ones(3)


def spec(recorder: SeamRecorder, seam: str) -> ArgumentSpec | None:
    kinds = recorder.seen[seam].kinds
    assert kinds is not None
    return kinds.spec(reused=False)


def numbers(seen: Seen) -> tuple[int, int, int]:
    return seen.calls, seen.total_ns, seen.self_ns


@pytest.mark.parametrize("describe", [True, False])
def test_calls_are_counted_and_children_subtracted_from_their_caller_only(ops: Ops, describe: bool) -> None:
    recorder = SeamRecorder(ops, describe=describe)

    assert recorder.ops.outer(recorder.ops, X) == "out"
    recorder.ops.inner(X)

    assert numbers(recorder.seen["outer"]) == (1, 28, 8)
    assert numbers(recorder.seen["inner"]) == (3, 30, 30)
    assert numbers(recorder.seen["idle"]) == (0, 0, 0)


def test_a_grandchild_is_subtracted_from_its_parent_and_not_from_the_grandparent(clock: Clock) -> None:
    def outer(ops: Ops, x: int) -> None:
        clock.work(1)
        ops.inner(ops, x)

    def inner(ops: Ops, x: int) -> None:
        clock.work(20)
        ops.idle()

    recorder = SeamRecorder(Ops(outer=outer, inner=inner, idle=lambda: clock.work(300)))
    recorder.ops.outer(recorder.ops, 1)

    assert [numbers(s) for s in recorder.seen.values()] == [(1, 321, 1), (1, 320, 20), (1, 300, 300)]


def test_a_seam_that_calls_itself_is_clocked_exclusively_once(clock: Clock) -> None:
    def outer(ops: Ops, depth: int) -> None:
        clock.work(10)
        if depth:
            ops.outer(ops, depth - 1)

    recorder = SeamRecorder(Ops(outer=outer, inner=print, idle=print))
    recorder.ops.outer(recorder.ops, 2)

    assert numbers(recorder.seen["outer"]) == (3, 60, 30)


def test_inclusive_time_is_never_less_than_exclusive(ops: Ops) -> None:
    recorder = SeamRecorder(ops)
    for _ in range(4):
        recorder.ops.outer(recorder.ops, X)

    assert all(0 <= seen.self_ns <= seen.total_ns for seen in recorder.seen.values())
    assert sum(seen.self_ns for seen in recorder.seen.values()) == recorder.seen["outer"].total_ns == 112


def test_calls_from_other_threads_count_but_are_nobodys_children(clock: Clock) -> None:
    def outer(ops: Ops, x: int) -> None:
        clock.work(5)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(ops.inner, range(50)))

    recorder = SeamRecorder(Ops(outer=outer, inner=lambda x: clock.work(10), idle=print))
    recorder.ops.outer(recorder.ops, 1)

    assert numbers(recorder.seen["inner"]) == (50, 500, 500)
    assert numbers(recorder.seen["outer"]) == (1, 5, 5)


def test_a_seam_that_raises_is_counted_and_its_error_goes_through(clock: Clock) -> None:
    def fails(ops: Ops) -> None:
        clock.work(7)
        raise KeyError("planted")

    def outer(ops: Ops) -> None:
        clock.work(1)
        try:
            ops.inner(ops)
        except KeyError:
            clock.work(1)

    recorder = SeamRecorder(Ops(outer=outer, inner=fails, idle=print))
    recorder.ops.outer(recorder.ops)
    with pytest.raises(KeyError, match="planted"):
        recorder.ops.inner(recorder.ops)

    assert numbers(recorder.seen["inner"]) == (2, 14, 14)
    assert numbers(recorder.seen["outer"]) == (1, 9, 2)


def test_a_reset_forgets_the_warm_up_and_keeps_the_arguments(ops: Ops) -> None:
    recorder = SeamRecorder(ops)
    recorder.ops.inner(X)
    recorder.reset()
    assert numbers(recorder.seen["inner"]) == (0, 0, 0)
    recorder.ops.inner(X)

    assert numbers(recorder.seen["inner"]) == (1, 10, 10)
    assert spec(recorder, "inner") is not None


def test_the_dearest_call_is_the_kind_that_took_most_time_in_all(clock: Clock) -> None:
    recorder = SeamRecorder(Ops(outer=lambda x: clock.work(x.size), inner=print, idle=print))
    for size, times in ((100, 2), (10, 30), (150, 1)):
        for _ in range(times):
            recorder.ops.outer(np.random.default_rng(times).random(size))
    found = spec(recorder, "outer")

    assert found is not None
    part = found.parts[0]
    assert isinstance(part, RandomArray)
    assert part.shape == (10,)
    assert {kind.elapsed_ns for kind in recorder.seen["outer"].kinds.kinds.values()} == {200, 300, 150}


def test_a_clocking_pass_does_not_describe_the_arguments(ops: Ops) -> None:
    recorder = SeamRecorder(ops, describe=False)
    recorder.ops.inner(X)

    assert recorder.seen["inner"].kinds is None
    assert spec(SeamRecorder(ops), "idle") is None


def test_the_table_recorded_from_is_left_as_it_was(ops: Ops) -> None:
    before = (ops.outer, ops.inner, ops.idle)
    recorder = SeamRecorder(ops)

    assert (ops.outer, ops.inner, ops.idle) == before
    assert type(recorder.ops) is Ops
    assert recorder.ops.inner is not ops.inner


def test_an_opaque_argument_is_recorded_as_it_is(clock: Clock) -> None:
    pool = object()
    recorder = SeamRecorder(Ops(outer=lambda p: None, inner=print, idle=print), opaque=(object,))
    recorder.ops.outer(pool)
    found = spec(recorder, "outer")

    assert found is not None
    assert found.parts[0].value is pool


@dataclass(frozen=True)
class Masked:
    mask: Callable[[int], Any]
    use: Callable[[Any, Any], Any]


def test_what_an_only_read_seam_returned_is_passed_on_as_it_is() -> None:
    ops = Masked(mask=lambda n: np.zeros(n), use=lambda x, m: x + m)
    recorder = SeamRecorder(ops, only_read={"mask"})
    for _ in range(2):
        recorder.ops.use(np.linspace(1, -1, 4) ** 2, recorder.ops.mask(4))

    found = spec(recorder, "use")
    assert found is not None
    assert isinstance(found.parts[0], RandomArray)
    assert isinstance(found.parts[1], Fixed)
    assert not found.parts[1].value.any()


def test_the_work_of_what_a_seam_gives_later_is_the_seams(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "step_ns", lambda: 1)

    def items(ops: Any, count: int) -> Any:
        for _ in range(count):
            clock.work(10)
            ops.inner(1)
            yield 1
        return "end"

    async def waited(x: int) -> int:
        clock.work(20)
        await asyncio.sleep(0)
        clock.work(30)
        return x

    def consumed(xs: Any) -> Any:
        return (yield from xs)

    async def all_of(ops: Any) -> Any:
        return await asyncio.gather(ops.idle(1), ops.idle(2))

    recorder = SeamRecorder(Ops(outer=items, inner=lambda x: clock.work(5), idle=waited), describe=False)
    taken = consumed(recorder.ops.outer(recorder.ops, 3))
    assert [next(taken), next(taken), next(taken)] == [1, 1, 1]
    with pytest.raises(StopIteration) as end:
        next(taken)
    assert end.value.value == "end"
    assert asyncio.run(all_of(recorder.ops)) == [1, 2]

    seen = recorder.seen
    assert numbers(seen["outer"]) == (1, 3 * 15 - 4, 3 * 10 - 4)  # less 1 for each of its four steps
    assert numbers(seen["inner"]) == (3, 15, 15)
    assert numbers(seen["idle"]) == (2, 2 * (50 - 2), 2 * (50 - 2))
