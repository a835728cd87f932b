"""Recorded calls: copied before the call, each replayed once in a process, in an order of its own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from perfkit.errors import PerfkitError
from perfkit.worker.inputs.content import digest, nbytes, why_not_copied
from perfkit.worker.inputs.recording import Catcher, OpsSlot, Recording, Shared, share


class Ops:
    pass


class Pool:
    pass


def every(args: tuple[Any, ...]) -> bool:
    return True


KEPT = share((Pool,), Ops, ())


def recording(
    of_run: Callable[[int], list[Any]], seed: int = 0, *, again: bool = False, wanted: Callable[..., bool] = every
) -> Recording:
    numbers = itertools.count()

    def run(catchers: Mapping[str, Catcher]) -> None:
        for value in of_run(next(numbers)):
            for catcher in catchers.values():
                catcher.offer((value,))
            if isinstance(value, list):
                value.clear()  # as a callee may

    return Recording("seam", run, wanted, KEPT, seed, again=again)


def ten(number: int) -> list[Any]:
    return [[number, i] for i in range(10)]


def test_no_call_is_replayed_twice_however_many_are_asked_for() -> None:
    found = recording(ten)
    taken = {tuple(found.take(stream)[0]) for stream in range(200)}

    assert len(taken) == 200
    assert found.replayed == 0
    assert found.calls == 200


def test_arguments_are_copied_before_the_call_and_each_replay_gets_copies_of_its_own() -> None:
    found = recording(ten)
    one, again = found.take(7), found.take(7)

    assert one == again
    assert len(one[0]) == 2
    assert one[0] is not again[0]
    one[0].append("planted")
    assert found.take(7) == again


def test_the_order_differs_per_seed_and_is_the_same_for_the_same() -> None:
    orders = [[recording(ten, seed).take(0)[0] for _ in range(1)] + [seed] for seed in (1, 1)]
    assert orders[0] == orders[1]
    firsts = {tuple(tuple(f.take(s)[0]) for s in range(10)) for f in (recording(ten, seed) for seed in range(5))}
    assert len(firsts) > 1


def test_calls_are_sampled_over_the_whole_run() -> None:
    kept = [
        value
        for seed in range(50)
        for catcher in [Catcher(every, KEPT, 4, random.Random(seed))]
        for _ in [[catcher.offer((i,)) for i in range(100)]]
        for (value,) in catcher.kept
    ]

    assert len(kept) == 200
    assert 35 < np.mean(kept) < 65


def test_large_arguments_are_kept_by_few() -> None:
    catcher = Catcher(every, KEPT, 1000, random.Random(0))
    for _ in range(10):
        catcher.offer((np.zeros(2**21),))  # 16 MiB, of 64

    assert len(catcher.kept) == 3
    assert catcher.met == 10


def test_what_a_sample_needs_is_recorded_before_it_and_stays_until_every_role_has_had_it() -> None:
    found = recording(ten)
    found.keep(100)
    found.stock(100)
    first = [found.take(stream) for stream in range(100)]

    assert [found.take(stream) for stream in range(100)] == first


def test_a_run_for_one_seam_serves_those_that_are_recorded_beside_it_once() -> None:
    runs = list[int]()

    def run(catchers: Mapping[str, Catcher]) -> None:
        runs.append(len(catchers))
        for name, catcher in catchers.items():
            for i in range(10):
                catcher.offer(([name, len(runs), i],))

    one, other = (Recording(name, run, every, KEPT, 0) for name in ("one", "other"))
    one.beside, other.beside = [other], [one]
    taken = [recording.take(stream)[0] for recording in (one, other) for stream in range(10)]

    assert runs == [2]
    assert [name for name, *_ in taken] == ["one"] * 10 + ["other"] * 10
    one.take(10)
    assert runs == [2, 1]  # the other has had its share, and goes on by itself
    assert [recording.calls for recording in (one, other)] == [20, 10]


def test_what_cannot_be_copied_for_one_seam_is_said_when_it_is_asked_and_not_beside_another() -> None:
    def run(catchers: Mapping[str, Catcher]) -> None:
        for name, catcher in catchers.items():
            catcher.offer(((i for i in range(3)) if name == "odd" else [1],))

    plain, odd = (Recording(name, run, every, KEPT, 0) for name in ("plain", "odd"))
    plain.beside = [odd]

    assert plain.take(0) == [[1]]
    with pytest.raises(PerfkitError):
        odd.take(0)


def test_once_recording_has_taken_enough_earlier_calls_come_again() -> None:
    runs = list[int]()

    def of_run(number: int) -> list[Any]:
        runs.append(number)
        return ten(number)

    found = recording(of_run)
    found.enough_after(0.0)
    taken = [tuple(found.take(stream)[0]) for stream in range(30)]

    assert runs == [0]
    assert len(set(taken[:10])) == len(set(taken)) == 10
    few = recording(lambda number: ten(number)[:3])
    few.enough_after(0.0)
    assert len({tuple(few.take(stream)[0]) for stream in range(30)}) == 9  # of three runs: two have too little variety


def test_where_no_more_calls_come_they_are_replayed_again_and_it_is_counted() -> None:
    found = recording(lambda number: ten(number) if number == 0 else [])
    for stream in range(25):
        found.take(stream)

    assert found.calls == 10
    assert found.replayed == 2


def test_arguments_that_the_program_repeats_are_replayed_again_without_a_word() -> None:
    found = recording(ten, again=True)
    for stream in range(25):
        found.take(stream)

    assert found.calls == 10
    assert found.replayed == 0


def test_a_seam_that_is_no_more_called_so_cannot_be_measured_alone() -> None:
    with pytest.raises(PerfkitError, match="the seam seam is no more called as it was"):
        recording(ten, wanted=lambda args: False).take(0)


def test_an_argument_of_an_unknown_type_ends_the_recording_and_not_the_program() -> None:
    with pytest.raises(PerfkitError, match=r"unknown type .*generator at arguments\[0\]"):
        recording(lambda number: [(i for i in range(3))]).take(0)


def test_the_share_of_calls_that_repeat_earlier_contents_is_counted() -> None:
    often = recording(lambda number: [[i % 5] for i in range(20)])
    often.stock(20)
    never = recording(ten)
    never.stock(20)

    assert often.repeated == pytest.approx(0.75)
    assert never.repeated == 0


def test_what_is_shared_is_passed_as_it_was() -> None:
    pool, weights, lasting, ops = Pool(), np.ones(3), np.ones(2), Ops()
    weights.flags.writeable = False
    kept = share((Pool,), Ops, {id(lasting)})

    assert isinstance(kept(ops), OpsSlot)
    assert all(isinstance(kept(v), Shared) and kept(v).value is v for v in (pool, weights, lasting))
    assert kept(3) == 3
    assert isinstance(kept(np.ones(1)), np.ndarray)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [2, 1]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 2}),
        ({1}, {2}),
        (np.ones(2), np.zeros(2)),
        (np.ones((2, 1)), np.ones((1, 2))),
        ([np.ones(2)], [np.zeros(2)]),
        (np.array([None, 1]), np.array([None, 2])),
        ("a", "b"),
        ([1], [1.0]),
        ([0.0], [-0.0]),
    ],
    ids=repr,
)
def test_other_contents_have_another_digest(one: Any, other: Any) -> None:
    from perfkit.tree import copy

    assert digest(one) == digest(copy(one)) != digest(other)


def test_a_digest_of_what_is_not_known_is_none() -> None:
    assert digest([iter([1])]) is None


def test_what_ties_an_argument_to_an_instance_is_named() -> None:
    ops, held = Ops(), [1]

    class Holder:
        def __init__(self) -> None:
            self.ops = ops

    assert why_not_copied(Holder(), Ops, "argument 1") == "argument 1.ops is the table of seams"
    assert why_not_copied([lambda: held], Ops, "argument 2") == (
        "argument 2[0] is a function that holds on to other values"
    )
    assert "unknown type builtins.generator at argument 3: it is not a result yet" in why_not_copied(
        (i for i in held), Ops, "argument 3"
    )
    assert why_not_copied([held, ten, len], Ops, "argument 4") == ""


def test_the_memory_of_a_copy_is_about_that_of_its_arrays() -> None:
    assert 8000 <= nbytes([np.ones(1000)]) < 9000
