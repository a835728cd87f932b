"""What counts as a difference for an extreme input: outcomes of calls, and instances that have seen others before."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.equivalence import Equivalence, close, exact
from perfkit.target import Workload
from perfkit.worker.extreme_answers import ExtremeAnswers, Raised, outcome_difference
from perfkit.worker.guard import Rejected
from perfkit.worker.subject import MacroSubject

LOOSE = close(rtol=1e-6, atol=1e-6, why="test")


def raised(error: Exception) -> Raised:
    return Raised.of(error)


@pytest.mark.parametrize(
    ("expected", "got", "rule"),
    [
        (raised(ValueError("one")), raised(ValueError("another text")), exact()),
        (np.array([np.nan, 1.0]), np.array([-np.nan, 1.0]), exact()),
        (float("nan"), -float("nan"), exact()),
        (torch.tensor([float("nan")]), -torch.tensor([float("nan")]), exact()),
        (np.array([1e-310]), np.array([0.0]), LOOSE),
        ([np.inf], [np.inf], LOOSE),
    ],
)
def test_outcomes_that_are_alike(expected: Any, got: Any, rule: Equivalence) -> None:
    assert outcome_difference(expected, got, rule) is None


@pytest.mark.parametrize(
    ("expected", "got", "rule", "words"),
    [
        (raised(ValueError("no")), raised(KeyError("no")), exact(), "ValueError (no), got raises KeyError"),
        (raised(ValueError()), 0, exact(), "expected raises ValueError, got gives 0"),
        (0, raised(np.linalg.LinAlgError("Singular")), exact(), "got raises numpy.linalg.LinAlgError (Singular)"),
        (np.array([np.nan, 1.0]), np.array([0.0, 1.0]), exact(), "first at output[0]: expected nan, got 0.0"),
        (np.array([np.nan, 1.0]), np.array([-np.nan, 2.0]), exact(), "first at output[1]: expected 1.0, got 2.0"),
        (np.array([np.inf]), np.array([1e300]), LOOSE, "expected inf, got 1e+300"),
        (0.0, -0.0, exact(), "expected 0.0, got -0.0"),
        (0, 0.0, exact(), "a different type at type(output)"),
    ],
)  # fmt: skip
def test_outcomes_that_are_not(expected: Any, got: Any, rule: Equivalence, words: str) -> None:
    assert words in str(outcome_difference(expected, got, rule))


def test_an_exceptions_message_counts_where_that_is_asked() -> None:
    one, other = raised(ValueError("one")), raised(ValueError("two"))

    assert one.alike(other)
    assert not one.alike(other, message=True)
    assert one.alike(one, message=True)
    assert not one.alike(raised(TypeError("one")))


def test_an_exception_whose_text_cannot_be_had_has_a_type() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert str(raised(Mute())) == f"raises {__name__}.{Mute.__qualname__}"


def trial(
    baseline: Callable[[], Callable[[Any], Any]], candidate: Callable[[], Callable[[Any], Any]], data: Any = None
) -> ExtremeAnswers:
    """ExtremeAnswers of three numbers; each instance is a function made anew."""

    def build(make: Callable[[], Callable[[Any], Any]]) -> Callable[[], MacroSubject]:
        def draw(shared: Any, rng: np.random.Generator) -> Any:
            return rng.random(3) if data is None else data()

        workload = Workload(id="w", summary="s", data=draw, call=lambda instance: instance)
        return lambda: MacroSubject(workload, make(), None)

    return ExtremeAnswers(build(baseline), build(candidate), exact(), seed=1)


def found(extremes: ExtremeAnswers) -> Iterator[tuple[str, bool]]:
    """(name, whether fresh instances show it) of every extreme that makes a difference."""
    for number, name in enumerate(extremes.names):
        if extremes.expect(number).usable:
            got = extremes.attempt(number)
            if got.difference is not None:
                yield name, got.alone


def unusable(extremes: ExtremeAnswers) -> list[str]:
    return [name for number, name in enumerate(extremes.names) if not extremes.expect(number).usable]


def test_where_the_baseline_is_not_sure_nothing_is_asked() -> None:
    numbers = itertools.count()

    def unsure(x: Any) -> Any:
        return next(numbers) if np.isnan(x).any() else 0

    assert unusable(trial(lambda: unsure, lambda: unsure)) == ["a NaN", "all NaN"]


def no_memory() -> None:
    raise MemoryError


@pytest.mark.parametrize("take", [no_memory, lambda: np.zeros(2**55), lambda: torch.zeros(2**55)])
def test_what_takes_all_memory_says_nothing(take: Callable[[], Any]) -> None:
    def hungry(x: Any) -> Any:
        if not len(x):
            take()
        return 0

    assert unusable(trial(lambda: hungry, lambda: hungry)) == ["[]"]
    assert list(found(trial(lambda: lambda x: 0, lambda: hungry))) == []


def test_a_difference_that_takes_other_extremes_before_it_is_said_to() -> None:
    def baseline() -> Callable[[Any], Any]:
        return lambda x: len(x)

    def remembers() -> Callable[[Any], Any]:
        seen = []

        def call(x: Any) -> Any:
            seen.append(bool(len(x)) and bool(np.isnan(x).all()))
            return -1 if len(x) and np.isinf(x).any() and any(seen) else len(x)

        return call

    assert [(name, alone) for name, alone in found(trial(baseline, remembers))] == [("an inf", False)]
    assert list(found(trial(baseline, lambda: lambda x: len(x) or -1))) == [("[]", True)]


def test_what_an_instance_was_left_in_does_not_count_against_the_next_extreme() -> None:
    def fragile() -> Callable[[Any], Any]:
        broken = []

        def call(x: Any) -> Any:
            if broken:
                return "broken"
            if not len(x):
                broken.append(True)
                raise ValueError("empty")
            return len(x)

        return call

    def other() -> Callable[[Any], Any]:
        def call(x: Any) -> Any:
            if not len(x):
                raise ValueError("nothing in it")
            return len(x)

        return call

    assert list(found(trial(fragile, other))) == []


def test_every_role_gets_an_extreme_of_its_own() -> None:
    def greedy(x: Any) -> Any:
        if isinstance(x, list):
            x.clear()
        return 0

    def counts(x: Any) -> Any:
        return len(x)

    def clears(x: Any) -> Any:
        return (len(x), greedy(x))[0]

    assert list(found(trial(lambda: clears, lambda: counts, lambda: [3, 1, 2]))) == []


def test_code_that_fails_for_an_ordinary_input_is_refused_at_once() -> None:
    def fails(x: Any) -> Any:
        raise ValueError("always")

    with pytest.raises(Rejected, match="always"):
        trial(lambda: fails, lambda: fails)
