"""What the engine drives: instances of their own, inputs that streams decide, and what must be right afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from perfkit.target import Seam, Workload
from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed
from perfkit.worker.subject import CallSubject, ColdSeamSubject, MacroSubject, SeamSubject, input_bytes


def scaled(x: Any, weight: Any) -> Any:
    return x * weight


@dataclass(frozen=True)
class Ops:
    scaled: Callable[[Any, Any], Any] = scaled


class Model:
    """Adds up what it was called with."""

    def __init__(self, ops: Ops, shared: Any) -> None:
        self.ops, self.weight, self.total, self.closed = ops, shared, np.zeros(3), False

    def step(self, x: Any) -> Any:
        y = self.ops.scaled(x, self.weight)
        self.total = self.total + y
        return y


STEPS = Workload(
    id="steps",
    summary="",
    data=lambda shared, rng: rng.random(3),
    call=lambda model: model.step,
    shared=lambda size, seed: np.full(3, 2.0),
    build=Model,
    observe=lambda model, argument, output: (output, model.total),
    close=lambda model: setattr(model, "closed", True),
    throughput=("rows", lambda shared: 3),
    tradeoffs=lambda data, seen: {"size": (float(data.size), 1.0)},
)
WEIGHT = np.full(3, 2.0)


def test_two_instances_share_weights_and_no_state() -> None:
    one, other = MacroSubject(STEPS, Ops(), WEIGHT), MacroSubject(STEPS, Ops(), WEIGHT)
    one.invoke(one.prepare(one.data(1)))

    assert one.instance.weight is other.instance.weight is WEIGHT
    assert one.instance.total.any()
    assert not other.instance.total.any()


def test_equal_streams_give_equal_inputs_of_their_own() -> None:
    one, other = MacroSubject(STEPS, Ops(), WEIGHT), MacroSubject(STEPS, Ops(), WEIGHT)

    assert one.data(5).tobytes() == other.data(5).tobytes() != one.data(6).tobytes()
    assert not np.shares_memory(one.data(5), other.data(5))


def test_what_must_be_right_holds_the_state_where_the_workload_says_so() -> None:
    subject = MacroSubject(STEPS, Ops(), WEIGHT)
    argument = subject.prepare(np.ones(3))
    output, total = subject.observe(argument, subject.invoke(argument))

    assert output.tolist() == total.tolist() == [2.0, 2.0, 2.0]
    assert subject.units == ("rows", 3.0)
    assert subject.ratios(argument, output) == {"size": (3.0, 1.0)}
    subject.close()
    assert subject.instance.closed


def test_a_function_is_called_with_the_parts_of_its_input() -> None:
    work = Workload(id="call", summary="", data=lambda shared, rng: (rng.random(3), 2.0), call=lambda f: f)
    subject = CallSubject(work, scaled, None)
    argument = subject.prepare(subject.data(3))

    assert subject.star
    assert subject.invoke(*argument).tolist() == (argument[0] * 2.0).tolist()


FIXED = ArgumentSpec(parts=(Fixed(np.ones(3)), Fixed(WEIGHT)))
SEAM = Seam(name="scaled", kind="call")


def test_a_seam_is_handed_the_programs_own_weight() -> None:
    subject = SeamSubject(SEAM, Ops(), FIXED, seed=1)
    argument = subject.prepare(subject.data(1))

    assert argument[1] is WEIGHT
    assert subject.invoke(*argument).tolist() == [2.0, 2.0, 2.0]


def test_what_a_seam_writes_to_as_its_baseline_does_is_output() -> None:
    subject = SeamSubject(SEAM, Ops(), replace(FIXED, written=frozenset({0})), seed=1)
    argument = (np.ones(3), WEIGHT)

    assert set(subject.observe(argument, subject.invoke(*argument))) == {"result", "argument 1"}
    assert subject.untouched([1, 2]) == [None, 2]


@pytest.mark.parametrize("consumes", [(), (0,)])
def test_what_a_seam_may_use_up_is_not_compared(consumes: tuple[int, ...]) -> None:
    subject = SeamSubject(replace(SEAM, consumes=consumes), Ops(), FIXED, seed=1)

    assert subject.untouched([1, 2]) == ([None, 2] if consumes else [1, 2])


def test_each_cold_call_has_a_table_of_its_own() -> None:
    built: list[Ops] = []

    def build() -> Ops:
        built.append(Ops(lambda x, weight: scaled(x, weight)))
        return built[-1]

    subject = ColdSeamSubject(SEAM, build, FIXED, seed=1)
    arguments = [subject.prepare(subject.data(stream)) for stream in range(3)]

    assert len(built) == 1 + 3
    assert len({id(function) for function, _ in arguments}) == 3
    assert subject.invoke(*arguments[0]).tolist() == [2.0, 2.0, 2.0]
    assert subject.observe(arguments[0], np.ones(1)).tolist() == [1.0]
    assert subject.build_ns > 0


def test_the_tables_of_a_sample_are_watched_together() -> None:
    watched: list[int] = []
    built: list[Ops] = []

    def build() -> Ops:
        built.append(Ops())
        return built[-1]

    def watch(work: Callable[[], Any]) -> Any:
        before, done = len(built), work()
        watched.append(len(built) - before)
        return done

    subject = ColdSeamSubject(SEAM, build, FIXED, seed=1, watched=watch)
    subject.prepare(subject.data(0))
    arguments = subject.prepare_all([subject.data(stream) for stream in range(3)])

    assert watched == [1, 1, 3]  # its own, one call's, and those of three
    assert [subject.invoke(*one).tolist() for one in arguments] == [[2.0, 2.0, 2.0]] * 3


def test_an_input_is_as_large_as_its_arrays() -> None:
    assert input_bytes(([np.zeros(4), {"a": np.zeros((2, 2), np.float32)}], 3)) == 32 + 16
