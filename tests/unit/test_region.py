"""The measured region: inputs that are prepared in time, programs that end themselves."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from perfkit.profilers.common import call_table
from perfkit.target import Workload
from perfkit.worker.region import ROOT, Region
from perfkit.worker.subject import MacroSubject


class Counter:
    """Goes on from where it was set back to."""

    def __init__(self) -> None:
        self.steps = 0
        self.seen: list[int] = []

    def step(self, x: Any) -> int:
        self.steps += 1
        self.seen.append(self.steps)
        return self.steps


def set_back(counter: Counter, data: Any) -> Any:
    counter.steps = 0
    return data


def subject(call: Any = lambda counter: counter.step) -> MacroSubject:
    described = Workload(
        id="steps", summary="", data=lambda shared, rng: np.ones(3), call=call, prepare=set_back,
        build=lambda ops, shared: Counter(),
    )  # fmt: skip
    return MacroSubject(described, object(), None)


@pytest.mark.parametrize("profiler", ["", "cprofile"])
@pytest.mark.parametrize("one_at_a_time", [True, False])
def test_an_input_whose_preparing_touches_the_instance_is_prepared_just_before_its_call(
    one_at_a_time: bool, profiler: str
) -> None:
    made = subject()
    region = Region(made, 1, one_at_a_time=one_at_a_time)
    made.instance.seen.clear()

    assert region.ready(3) == 3
    ran = region.run(profiler, 0)

    assert made.instance.seen == ([1, 1, 1] if one_at_a_time else [1, 2, 3])
    assert ran.elapsed_ns > 0
    assert ran.ends == ()
    names = {key[2] for key in call_table.table(ran.raw, ROOT)} if profiler else {"step"}
    assert "step" in names
    assert "set_back" not in names


def test_a_program_that_ends_itself_has_ended() -> None:
    region = Region(subject(lambda counter: lambda x: sys.exit(3)), 1)

    region.ready(2)
    ran = region.run("", 0)
    assert ran.ends == ("3",)
    assert ran.spent.wall_ns > 0
