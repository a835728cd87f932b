"""From what calls were like to drawn or recorded arguments."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed, RandomArray, Recorded
from perfkit.worker.inputs.callkind import Calls


class Ops:
    pass


class Pool:
    pass


class Cache:
    def __init__(self) -> None:
        self.known: list[float] = []


def random(*shape: int) -> Any:
    return np.random.default_rng().normal(size=shape)


def seen(
    *runs: Sequence[tuple[Any, ...]], work: Callable[..., Any] = lambda *args: None, reused: bool = False
) -> tuple[Calls, ArgumentSpec]:
    """What is chosen after these calls, each of which takes 1 ns."""
    calls = Calls(Ops, (Pool,))
    for run in runs:
        for args in run:
            noted = calls.before(args)
            work(*args)
            calls.after(noted, args, 1)
        calls.next_run()
    found = calls.spec(reused=reused)
    assert found is not None
    return calls, found


def test_plain_floats_are_drawn_and_what_comes_again_unchanged_is_a_weight() -> None:
    weight = random(3, 3)
    calls, found = seen(*([(random(5, 3), weight, 0.5) for _ in range(3)] for _ in range(2)))

    assert isinstance(found.parts[0], RandomArray)
    assert found.parts[2] == Fixed(0.5)
    assert not found.recorded
    assert isinstance(found.parts[1], Fixed)
    assert found.parts[1].value is weight
    assert list(calls.lasting().values()) == [weight]


def test_a_buffer_that_the_program_fills_anew_is_no_weight() -> None:
    buffer = random(4)

    def run() -> Any:
        for _ in range(3):
            buffer[:] = random(4)
            yield (buffer,)

    _, found = seen(run(), run())  # type: ignore[arg-type]
    assert isinstance(found.parts[0], RandomArray)


def test_the_same_input_in_every_run_is_drawn_all_the_same() -> None:
    same = random(4)

    assert isinstance(seen([(same,)], [(same,)])[1].parts[0], RandomArray)


@pytest.mark.parametrize(
    ("make", "kinds"),
    [
        (lambda: (np.sort(random(9)), random(2)), "1-d float64"),
        (lambda: (random(9), np.arange(3)), "1-d float64, 1-d int64"),
        (lambda: (random(9), [1]), "1-d float64, list"),
        (lambda: ("".join(map(str, random(3))), 3), "str"),
        (lambda: (float(random(1)[0]), random(4)), "float, 1-d float64"),
    ],
)
def test_all_that_varies_is_recorded_together_where_one_argument_cannot_be_drawn(
    make: Callable[[], tuple[Any, ...]], kinds: str
) -> None:
    _, found = seen(*([make() for _ in range(6)] for _ in range(2)))

    assert found.describe() == f"recorded: {kinds}"
    assert found.obstacle == ""


def test_plain_arguments_that_recur_are_settings_and_the_costliest_is_chosen() -> None:
    calls, found = seen(*([(random(4), "rows"), (random(4), "columns"), (random(4), "rows")] for _ in range(2)))
    assert found.parts[1] == Fixed("rows")
    assert not found.recorded

    calls, found = seen(*([([1], "rows"), ([2], "columns"), ([3], "rows")] for _ in range(2)))
    wanted = calls.wanted()
    assert found.parts == (Recorded("list"), Fixed("rows"))
    assert wanted(([9, 9], "rows"))
    assert not wanted(([9], "columns"))
    assert not wanted(((9,), "rows"))


def test_plain_arguments_of_a_seam_that_recurs_are_never_what_is_worked_on() -> None:
    runs = [[(i,) for i in range(9)]] * 2

    assert seen(*runs)[1].describe() == "recorded: int"
    assert seen(*runs, reused=True)[1].describe() == ""


def test_what_the_call_writes_to_is_recorded_and_known() -> None:
    def work(window: deque[float], x: float) -> None:
        window.append(x)

    window: deque[float] = deque(maxlen=3)
    _, found = seen(*([(window, float(i)) for i in range(4)] for _ in range(2)), work=work)
    assert found.written == {0}
    assert found.obstacle == ""

    _, found = seen(*([(random(64),)] for _ in range(2)), work=lambda x: x.sort())  # four may lie in order
    assert found.written == {0}
    assert found.recorded


def test_an_object_that_keeps_state_between_calls_is_an_obstacle_and_one_that_does_not_is_none() -> None:
    def work(cache: Cache, x: float) -> None:
        cache.known.append(x)

    cache = Cache()
    _, found = seen(*([(cache, float(i)) for i in range(3)] for _ in range(2)), work=work)
    assert found.obstacle == "argument 1 is a Cache that holds what earlier calls have left in it"

    _, found = seen(*([(Cache(), float(i)) for i in range(3)] for _ in range(2)), work=work)
    assert found.obstacle == ""
    assert found.written == {0}


def test_what_cannot_be_copied_is_an_obstacle_with_its_name() -> None:
    held = [1]

    assert seen([([lambda: held], 1)])[1].obstacle == "argument 1[0] is a function that holds on to other values"
    assert seen([((i for i in held),)])[1].obstacle.startswith("unknown type builtins.generator at argument 1: ")
    assert seen([([Ops()],)])[1].obstacle == "argument 1[0] is the table of seams"
    assert seen([(Pool(), [1])])[1].obstacle == ""
