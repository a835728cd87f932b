"""What functions are called with: equal for equal seeds, made anew, and refused where they are no arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import perfkit
from perfkit.errors import UsageError
from perfkit.sources.inputs import from_literal, from_make, handed_out_again, is_declared_recurring
from tests.own import pairs

KEPT: list[int] = [1, 2]
DEEP = {"rows": [KEPT]}


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def named(rng: np.random.Generator) -> Any:
    return perfkit.args(3, n=[*KEPT])


def counting(rng: np.random.Generator) -> Iterator[tuple[int, float]]:
    number = 0
    while True:
        yield number, float(rng.random())
        number += 1


def nested(rng: np.random.Generator) -> Any:
    return perfkit.args([1], table={"a": DEEP["rows"]})


def constants(rng: np.random.Generator) -> tuple[Any, ...]:
    return ("text", (1, (2, 3)), 4.5, None, len, frozenset("ab"), [5])


def test_arguments_may_have_names() -> None:
    assert from_make("m:named", named)(rng(1)) == ((3,), {"n": [1, 2]})
    assert from_make("m:words", pairs.words)(rng(1)) == from_make("m:words", pairs.words)(rng(1))


def test_a_generator_function_yields_them_and_a_call_takes_one_of_the_first() -> None:
    inputs = from_make("m:counting", counting)
    taken = [inputs(rng(seed))[0] for seed in range(60)]

    assert [inputs(rng(seed))[0] for seed in range(60)] == taken
    assert len({number for number, _ in taken}) > 8
    assert max(number for number, _ in taken) < 16


def test_literals_are_made_anew_for_each_call() -> None:
    inputs = from_literal("(([1, 2],), {'n': 3})")

    assert inputs(rng(1)) == inputs(rng(2)) == (([1, 2],), {"n": 3})
    assert handed_out_again(inputs, (0, 1)) == ""


@pytest.mark.parametrize(
    ("make", "place"),
    [(pairs.again_meant, "argument 1"), (nested, "argument table['a']"), (constants, ""), (named, ""), (counting, "")],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_object_that_two_calls_are_given_is_found(make: Any, place: str) -> None:
    assert handed_out_again(from_make("m:make", make), (0, 1, 2)) == place


def test_recurring_inputs_can_be_declared() -> None:
    assert is_declared_recurring(pairs.again_meant)
    assert not is_declared_recurring(pairs.words)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (pairs.yields_nothing, "m:make yields nothing"),
        (lambda rng: None, "m:make returns nothing, not the arguments of one call"),
        (lambda rng: np.ones(3), "m:make returns a ndarray"),
        (lambda: (1,), "cannot be called with a generator"),
        (lambda rng, size: (1,), "cannot be called with a generator"),
    ],
)
def test_what_makes_no_arguments_is_refused(make: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        from_make("m:make", make)(rng(0))
    assert caught.value.hint
