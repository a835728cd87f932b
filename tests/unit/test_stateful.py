"""Workloads whose `prepare` touches the instance: found, and driven one call at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from perfkit import schedule
from perfkit.equivalence import exact
from perfkit.target import Workload
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.stateful import prepare_touches
from perfkit.worker.subject import MacroSubject
from perfkit.worker.timer import HostTimer


class Counter:
    """Counts its calls since it was last set back; `held` is what an input left in it."""

    def __init__(self) -> None:
        self.steps = 0
        self.held: Any = None
        self.events: list[str] = []

    def step(self, x: Any) -> Any:
        self.steps += 1
        self.events.append("call")
        return x if self.held is None else self.held


def set_back(counter: Counter, data: Any) -> Any:
    counter.steps = 0
    counter.events.append("prepare")
    return data


def leave_in(counter: Counter, data: Any) -> Any:
    counter.held = data
    return None


def copied(counter: Counter, data: Any) -> Any:
    return data.copy()


def workload(prepare: Callable[[Any, Any], Any] | None = None, **changes: Any) -> Workload:
    given = {} if prepare is None else {"prepare": prepare}
    return Workload(
        id="steps",
        summary="",
        data=lambda shared, rng: rng.standard_normal(3),
        call=lambda counter: counter.step,
        build=lambda ops, shared: Counter(),
        observe=lambda counter, argument, output: {"output": output, "steps": min(counter.steps, 2)},
        **given,
        **changes,
    )


def found(described: Workload) -> bool:
    return prepare_touches(described, lambda: MacroSubject(described, None, None), seed=1)


@pytest.mark.parametrize("prepare", [set_back, leave_in])
def test_a_prepare_that_sets_something_in_the_instance_is_found(prepare: Callable[[Any, Any], Any]) -> None:
    assert found(workload(prepare))


@pytest.mark.parametrize("prepare", [None, copied])
def test_a_prepare_that_leaves_the_instance_alone_is_not_suspected(prepare: Callable[[Any, Any], Any] | None) -> None:
    assert not found(workload(prepare))


@pytest.mark.parametrize("declared", [True, False])
def test_what_a_workload_declares_is_not_tried(declared: bool) -> None:
    def never(counter: Counter, data: Any) -> Any:
        raise AssertionError("prepared")

    assert found(workload(never, stateful=declared)) is declared


def sampler(*, one_at_a_time: bool) -> Sampler:
    described = workload(set_back)
    state = RoleState(role="baseline", subject=MacroSubject(described, None, None), rule=exact(), loops=3)
    return Sampler(
        group="g",
        seed=0,
        process=0,
        states={"baseline": state},
        reference=RoleState(role="baseline", subject=MacroSubject(described, None, None), rule=exact()),
        timer=HostTimer(lambda: 0),
        target_ns=1,
        one_at_a_time=one_at_a_time,
    )


def test_each_timed_call_of_a_stateful_workload_comes_right_after_its_own_prepare() -> None:
    made = sampler(one_at_a_time=True)
    made.round(0, ["baseline"])
    subject = made.states["baseline"].subject

    assert isinstance(subject, MacroSubject)
    assert subject.instance.events == ["prepare", "call"] * 4  # the throw-away call, and three on the clock
    assert np.array_equal(made.states["baseline"].last_seen["steps"], 1)


def test_other_inputs_lie_ready_before_the_clock_starts() -> None:
    made = sampler(one_at_a_time=False)
    made.states["baseline"].rule = exact()
    with pytest.raises(Exception, match="steps"):  # a stateful one driven so is not what one call gives
        made.round(0, ["baseline"])
    subject = made.states["baseline"].subject

    assert isinstance(subject, MacroSubject)
    assert subject.instance.events == ["prepare"] * 4 + ["call"] * 4


def test_the_reference_of_a_stateful_workload_agrees_with_every_timed_call() -> None:
    made = sampler(one_at_a_time=True)
    for number in range(20):
        assert schedule.stream(0, number)
        assert made.round(number, ["baseline"])
    made.finish()
