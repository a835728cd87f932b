"""What a call gives later is asked for before the clock stops: on both sides, and compared by what it gives."""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
import functools
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars
import pytest
import torch

from perfkit.equivalence import exact
from perfkit.schedule import BASELINE, CANDIDATE
from perfkit.target import Seam, Workload
from perfkit.tree import copy, first_difference, mutants
from perfkit.worker.guard import Rejected
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.lazy.consume import Lateness
from perfkit.worker.proof.prove import call_once, prove
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, SeamSubject
from perfkit.worker.timer import HostTimer

Function = Callable[[list[int]], Any]
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.fork")


def subject(function: Function, known: Lateness, observe: Callable[[Any], Any] | None = None) -> MacroSubject:
    observed = {} if observe is None else {"observe": lambda instance, argument, output: observe(output)}
    workload = Workload(
        id="w",
        summary="w",
        data=lambda shared, rng: rng.integers(0, 1000, 6).tolist(),
        call=lambda ops: ops,
        **observed,  # type: ignore[arg-type]
    )
    return MacroSubject(workload, function, None, known)


def pair(baseline: Function, candidate: Function, observe: Any = None) -> tuple[MacroSubject, MacroSubject]:
    known = Lateness()
    return subject(baseline, known, observe), subject(candidate, known, observe)


def proven(baseline: Function, candidate: Function, observe: Any = None) -> None:
    prove(*pair(baseline, candidate, observe), exact(), 1, soak=4)


def doubled(xs: list[int]) -> Any:
    return (x * 2 for x in xs)


def returning(xs: list[int], last: int = 0) -> Any:
    yield from xs
    return last


def arrays(xs: list[int]) -> Iterator[np.ndarray]:
    for x in xs:
        yield np.full(3, float(x))


def one_buffer(xs: list[int], off: float = 0.0) -> Iterator[np.ndarray]:
    buffer = np.empty(3)
    for number, x in enumerate(xs):
        buffer[:] = x + off * (number == 1)
        yield buffer


SCRATCH = np.empty((6, 3))


def shared_rows(xs: list[int]) -> Iterator[np.ndarray]:
    for number, x in enumerate(xs):
        SCRATCH[number] = x
        yield SCRATCH[number]


async def summed(xs: list[int], off: int = 0) -> int:
    await asyncio.sleep(0)
    return sum(xs) + off


async def each(xs: list[int], off: int = 0) -> Any:
    for x in xs:
        await asyncio.sleep(0)
        yield x + off


def future(xs: list[int], off: int = 0) -> Any:
    made: Any = concurrent.futures.Future()
    made.set_result(sum(xs) + off)
    return made


def torch_future(xs: list[int], off: int = 0) -> Any:
    made: Any = torch.futures.Future()
    made.set_result(sum(xs) + off)
    return made


LOOP = asyncio.new_event_loop()


def task(xs: list[int], off: int = 0) -> Any:
    return LOOP.create_task(summed(xs, off))


def query(xs: list[int], off: int = 0) -> Any:
    return polars.DataFrame({"a": xs}).lazy().with_columns(polars.col("a") + off)


class Graph:
    def __init__(self, value: int) -> None:
        self.value = value

    def __dask_graph__(self) -> Any:
        return {}

    def compute(self) -> int:
        return self.value


class Counting:
    def __init__(self, xs: list[int]) -> None:
        self.rest = xs[:]

    def __next__(self) -> int:
        if not self.rest:
            raise StopIteration
        return self.rest.pop(0)


@dataclasses.dataclass
class Rows:
    rows: Any
    name: str = "r"


def rows(xs: list[int], off: int = 0) -> Rows:
    return Rows(x + off for x in xs)


def nested(xs: list[int], off: int = 0) -> Any:
    return ((y + off for y in range(x % 5)) for x in xs)


# what gives the right thing, and what gives another
KINDS: dict[str, tuple[Function, Function]] = {
    "generator": (doubled, lambda xs: (x * 3 for x in xs)),
    "its type": (doubled, lambda xs: [x * 2 for x in xs]),
    "generator, map": (doubled, lambda xs: map((2).__mul__, xs)),
    "one item less": (doubled, lambda xs: (x * 2 for x in xs[1:])),
    "value of a generator": (returning, lambda xs: returning(xs, 1)),
    "items of another type": (doubled, lambda xs: (x * 2.0 for x in xs)),
    "map": (lambda xs: map(str, xs), lambda xs: map(repr, xs[::-1])),
    "filter": (lambda xs: filter(None, xs), lambda xs: filter(None, xs[1:])),
    "zip": (lambda xs: zip(xs, xs, strict=True), lambda xs: zip(xs, xs[::-1], strict=True)),
    "accumulate": (itertools.accumulate, lambda xs: itertools.accumulate(xs[1:])),
    "islice": (lambda xs: itertools.islice(itertools.count(xs[0]), 9), lambda xs: itertools.islice(xs, 9)),
    "lines of a file": (lambda xs: io.BufferedReader(io.BytesIO(b"a\nb")), lambda xs: io.BufferedReader(io.BytesIO())),
    "iterator of one's own": (Counting, lambda xs: Counting(xs[1:])),
    "arrays": (arrays, lambda xs: (a + 1 for a in arrays(xs))),
    "one buffer": (one_buffer, lambda xs: one_buffer(xs, 1.0)),
    "generators of generators": (nested, lambda xs: nested(xs, 1)),
    "in a tuple": (lambda xs: (1, [doubled(xs)]), lambda xs: (1, [doubled(xs[1:])])),
    "in a dict": (lambda xs: {"a": doubled(xs)}, lambda xs: {"a": doubled(xs[1:])}),
    "in a field": (rows, lambda xs: rows(xs, 1)),
    "list in a field": (rows, lambda xs: Rows(list(xs))),
    "coroutine": (summed, lambda xs: summed(xs, 1)),
    "coroutine, value": (summed, sum),
    "coroutines in a list": (lambda xs: [summed(xs)], lambda xs: [summed(xs, 1)]),
    "asynchronous generator": (each, lambda xs: each(xs, 1)),
    "future": (future, lambda xs: future(xs, 1)),
    "future, value": (future, sum),
    "task": (task, lambda xs: task(xs, 1)),
    "task, coroutine": (task, summed),
    "future of torch": (torch_future, lambda xs: torch_future(xs, 1)),
    "fork of torch": (
        lambda xs: torch.jit.fork(lambda: torch.tensor(xs)),
        lambda xs: torch.jit.fork(lambda: torch.tensor(xs) + 1),
    ),
    "query": (query, lambda xs: query(xs, 1)),
    "query, frame": (query, lambda xs: query(xs).collect()),
    "graph": (lambda xs: Graph(sum(xs)), lambda xs: Graph(1)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_later_is_compared_by_what_it_gives(kind: str) -> None:
    right, wrong = KINDS[kind]

    proven(right, right)
    with pytest.raises(Rejected) as caught:
        proven(right, wrong)
    assert caught.value.role == CANDIDATE
    assert caught.value.difference is not None


@pytest.mark.parametrize(
    "kind", ["generator", "one buffer", "generators of generators", "in a field", "coroutine", "query"]
)
def test_a_candidate_that_gives_the_wrong_thing_on_the_clock_is_refused(kind: str) -> None:
    right, wrong = KINDS[kind]
    calls = itertools.count()

    def late(xs: list[int]) -> Any:
        return (right if next(calls) < 3 else wrong)(xs)

    measured(sampler(right, right))
    with pytest.raises(Rejected):
        measured(sampler(right, late))


@pytest.fixture(autouse=True)
def _no_garbage_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes most of the time of a round, with torch loaded."""
    monkeypatch.setattr("gc.collect", lambda: 0)


def sampler(baseline: Function, candidate: Function, observe: Any = None) -> Sampler:
    states = {
        role: RoleState(role=role, subject=one, rule=exact())
        for role, one in zip((BASELINE, CANDIDATE), pair(baseline, candidate, observe), strict=True)
    }
    ticks = itertools.count(step=1000)
    made = Sampler("g", 1, 0, states, states[BASELINE], HostTimer(lambda: next(ticks)), 1)
    for role in states:
        made.pilot(role)
    return made


def measured(made: Sampler, rounds: int = 2) -> None:
    for number in range(rounds):
        made.round(number, [BASELINE, CANDIDATE])
    made.finish()


def test_the_type_is_said_as_the_program_knows_it() -> None:
    with pytest.raises(
        Rejected, match=r"a different type at type\(output\): expected <class 'generator'>, got <class 'list'>"
    ):
        proven(doubled, lambda xs: [x * 2 for x in xs])
    with pytest.raises(Rejected, match=r"a different value at output\[2\]: expected \d+, got 0"):
        proven(doubled, lambda xs: (0 if n == 2 else x * 2 for n, x in enumerate(xs)))


def test_all_of_it_happens_inside_of_the_clock_and_nothing_is_added_where_all_is_there() -> None:
    happened: list[str] = []

    def noting(xs: list[int]) -> Iterator[int]:
        yield from xs
        happened.append("drained")

    reference, candidate = pair(noting, noting)
    for one in (reference, candidate):
        call_once(one, [1, 2], "warm-up")
        happened.clear()
        one.invoke([1, 2])  # the first walk of a subject looks
        one.invoke([1, 2])
        assert happened == ["drained"] * 2

    plain = subject(sorted, Lateness())
    plain.invoke([2, 1])
    assert plain.invoke is sorted


def test_where_one_role_gives_something_later_every_role_is_called_alike() -> None:
    reference, candidate = pair(sorted, iter, list)
    for one in (reference, candidate):
        call_once(one, [1, 2], "warm-up")
        one.invoke([1, 2])

    assert reference.invoke.__func__ is candidate.invoke.__func__  # type: ignore[attr-defined]
    assert reference.invoke([2, 1]) == [1, 2]


def test_an_observe_may_consume_it_once_more() -> None:
    async def waited(value: Any) -> Any:
        return await value

    async def listed(values: Any) -> list[Any]:
        return [v async for v in values]

    proven(doubled, lambda xs: map((2).__mul__, xs), observe=list)
    proven(doubled, lambda xs: map((2).__mul__, xs), observe=lambda out: (next(out), next(out)))
    proven(summed, summed, observe=asyncio.run)
    proven(task, summed, observe=lambda out: asyncio.run(waited(out)))
    proven(each, each, observe=lambda out: asyncio.run(listed(out)))
    proven(future, future, observe=lambda out: out.result(1))
    proven(query, query, observe=lambda out: out.collect())
    proven(rows, lambda xs: Rows(list(xs)), observe=lambda out: list(out.rows))


class Held:
    """An object that keeps a counter: nobody's output."""

    def __init__(self, xs: list[int]) -> None:
        self.numbers = itertools.count()
        self.total = sum(xs)


def test_what_an_object_keeps_for_itself_is_left_alone() -> None:
    proven(Held, Held, observe=lambda out: (out.total, next(out.numbers)))


def test_items_that_change_are_looked_at_as_they_come() -> None:
    proven(one_buffer, arrays)  # nobody could keep the baseline's
    measured(sampler(one_buffer, arrays))
    measured(sampler(one_buffer, one_buffer))
    with pytest.raises(Rejected, match="reused items"):
        proven(arrays, one_buffer)


def test_an_item_kept_from_an_earlier_call_must_stay_as_it_was() -> None:
    with pytest.raises(Rejected, match="a result kept from the first call"):
        proven(arrays, shared_rows)


def test_an_item_that_is_the_input_is_seen_when_its_owner_writes_to_it() -> None:
    def inputs(shared: Any, rng: Any) -> Any:
        return rng.standard_normal((2, 3))

    def made(call: Any) -> MacroSubject:
        workload = Workload(id="w", summary="w", data=inputs, call=lambda ops: ops)
        return MacroSubject(workload, call, None)

    with pytest.raises(Rejected, match="its input afterwards"):
        prove(made(lambda x: (row.copy() for row in x)), made(lambda x: (row for row in x)), exact(), 1, soak=2)


def test_a_generator_given_out_again_is_empty_as_it_would_be_for_a_caller() -> None:
    kept: list[Any] = []

    def again(xs: list[int]) -> Any:
        kept.append(iter(()) if kept else iter(xs))
        return [kept[-1]]

    with pytest.raises(Rejected):
        proven(lambda xs: [iter(xs)], again)


def test_one_that_comes_only_with_some_inputs_is_consumed_too() -> None:
    def sometimes(xs: list[int]) -> Any:
        return iter(xs) if xs[0] % 2 else xs[:]

    proven(sometimes, sometimes)
    measured(sampler(sometimes, sometimes))


@pytest.mark.parametrize("endless", [lambda xs: itertools.count(), lambda xs: itertools.cycle([np.empty(1 << 10)])])
def test_without_an_end_it_is_refused_and_told_what_to_do(endless: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfkit.worker.lazy.drain._MOST_ITEMS", 5_000)
    monkeypatch.setattr("perfkit.worker.lazy.drain._MOST_BYTES", 1 << 20)
    monkeypatch.setattr("perfkit.worker.lazy.drain._CHUNK", 1_000)
    with pytest.raises(Rejected, match=r"without end \([\d,]+ so far\): have it take those that count") as caught:
        proven(endless, doubled)
    assert caught.value.role == BASELINE


def test_what_it_raises_while_it_is_consumed_is_the_calls_own() -> None:
    def raising(xs: list[int]) -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("planted")

    with pytest.raises(Rejected, match="ZeroDivisionError: planted") as caught:
        proven(doubled, raising)
    assert (caught.value.role, caught.value.reason) == (CANDIDATE, "exception")


class Lazy(torch.Tensor):
    """Computes only when it is looked at."""

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return super().__torch_function__(function, types, args, kwargs or {})


class StandIn:
    """As an array, made when numpy asks for it."""

    computed = 0

    def __init__(self, xs: list[int]) -> None:
        self.xs = xs

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        StandIn.computed += 1
        return np.asarray(self.xs) * 2


class Properties:
    def __init__(self, xs: list[int]) -> None:
        self.xs = xs

    @functools.cached_property
    def total(self) -> int:
        return sum(self.xs)


class Asked(Properties):
    total = 0  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


class Slotted:
    __slots__ = ("total",)

    def __init__(self, xs: list[int]) -> None:
        self.total = sum(xs)


def bytes_of(xs: list[int]) -> bytes:
    return bytes(x % 256 for x in xs)


class Eager:
    def __init__(self, xs: list[int]) -> None:
        self.total = sum(xs)


@pytest.mark.parametrize(
    ("baseline", "candidate", "observe"),
    [
        (lambda xs: torch.tensor(xs), lambda xs: torch.tensor(xs).as_subclass(Lazy), None),
        (lambda xs: torch.tensor(xs), lambda xs: torch.tensor(xs).as_subclass(Lazy), lambda out: out.sum().item()),
        (lambda xs: np.asarray(xs) * 2, StandIn, None),
        (lambda xs: np.asarray(xs) * 2, StandIn, np.asarray),
        (Eager, Properties, None),
        (Eager, Properties, lambda out: out.total),
        (Eager, Asked, lambda out: 0),
    ],
)
def test_what_computes_when_it_is_looked_at_is_another_type(baseline: Any, candidate: Any, observe: Any) -> None:
    with pytest.raises(Rejected, match="a different type"):
        proven(baseline, candidate, observe)


def test_data_of_another_type_is_the_affair_of_the_targets_observe() -> None:
    proven(bytes_of, lambda xs: memoryview(bytes_of(xs)), observe=bytes)
    proven(list, np.asarray, observe=np.asarray)
    proven(Eager, Slotted, observe=lambda out: out.total)


def test_a_field_that_is_not_there_yet_is_a_difference() -> None:
    def looked_at(xs: list[int]) -> Properties:
        made = Properties(xs)
        assert made.total >= 0
        return made

    proven(looked_at, looked_at)
    with pytest.raises(Rejected, match="other fields"):
        proven(looked_at, Properties)


def test_a_stand_in_computes_inside_of_the_clock() -> None:
    one = subject(StandIn, Lateness(), np.asarray)
    call_once(one, [1], "warm-up")
    one.invoke([1])
    before = StandIn.computed
    one.invoke([1])

    assert StandIn.computed == before + 1


@pytest.mark.parametrize("kind", ["generator", "arrays", "coroutine", "future", "query", "in a field"])
def test_it_has_mutants_and_each_is_refused(kind: str) -> None:
    _, right = call_once(subject(KINDS[kind][0], Lateness()), [3, 1, 2], "mutants")
    found = list(mutants(copy(right), None, exact()))

    assert found
    for name, wrong in found:
        assert first_difference(right, wrong, exact()) is not None, name


@dataclasses.dataclass(frozen=True)
class Table:
    f: Any


@pytest.mark.parametrize("cold", [False, True])
def test_a_seam_alone_is_consumed_too(cold: bool) -> None:
    def made(function: Any, known: Lateness) -> SeamSubject:
        template = ArgumentSpec.of((np.arange(4.0),), Table, ())
        if cold:
            return ColdSeamSubject(Seam(name="f"), lambda: Table(function), template, 0, known)
        return SeamSubject(Seam(name="f"), Table(function), template, 0, known)

    known, drained = Lateness(), []

    def right(x: Any) -> Any:
        yield from x * 2
        drained.append(x)

    prove(made(right, known), made(right, known), exact(), 1, soak=2)
    for wrong in (lambda x: (v * 3 for v in x), lambda x: list(x * 2), lambda x: (v.copy() for v in x[1:] * 2)):
        with pytest.raises(Rejected):
            prove(made(right, known), made(wrong, known), exact(), 1, soak=2)
    one = made(right, known)
    call_once(one, one.data(1), "warm-up")
    for _ in range(3):
        drained.clear()
        one.invoke(*one.prepare(one.data(1)))
        assert len(drained) == 1
