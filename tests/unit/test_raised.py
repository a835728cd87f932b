"""An awkward input that the baseline refuses must be refused alike; elsewhere whoever raises has failed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from perfkit.equivalence import exact
from perfkit.schedule import BASELINE, CANDIDATE
from perfkit.target import Workload
from perfkit.worker.guard import Rejected
from perfkit.worker.proof.prove import prove
from perfkit.worker.subject import MacroSubject

Function = Callable[[list[int]], Any]


@pytest.fixture(autouse=True)
def _however_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine repeated calls end when their time is up, and these count them."""
    for limit in ("prove._SOAK_S", "in_place._LONGEST_S", "ownership._LONGEST_S"):
        monkeypatch.setattr(f"perfkit.worker.proof.{limit}", 3600.0)


def proven(baseline: Function, candidate: Function, *awkward: list[int]) -> int:
    workload = Workload(
        id="w", summary="w", data=lambda shared, rng: rng.integers(0, 9, 4).tolist(), call=lambda ops: ops
    )
    subjects = (MacroSubject(workload, function, None) for function in (baseline, candidate))
    inputs = [lambda rng, one=one: list(one) for one in awkward]  # type: ignore[misc]
    return prove(*subjects, exact(), 1, awkward=lambda s: iter(inputs), soak=2).checked_calls


def largest(xs: list[int]) -> int:
    if not xs:
        raise ValueError("nothing to choose from")
    return max(xs)


def by_sorting(xs: list[int]) -> int:
    if len(xs) == 0:
        raise ValueError("nothing to choose from")
    return sorted(xs)[-1]


def lazily(xs: list[int]) -> Iterator[int]:
    yield largest(xs)


def saying(error: Exception | None, spoil: bool = False) -> Function:
    def careless(xs: list[int]) -> int:
        if not xs and error is not None:
            xs.extend([1] * spoil)
            raise error
        return max(xs, default=0)

    return careless


def test_an_input_that_is_refused_alike_is_equal() -> None:
    assert proven(largest, by_sorting, [], [1]) == proven(largest, by_sorting, [2], [1])
    proven(lazily, lazily, [])


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (None, "an exception that is not raised at output: expected ValueError.*got 'a result'"),
        (IndexError("nothing to choose from"), "a different exception"),
        (ValueError("empty"), r"a different message at str\(output\): expected 'nothing to choose from', got 'empty'"),
        (type("Own", (ValueError,), {})("nothing to choose from"), "a different exception"),
    ],
)
def test_another_answer_to_it_is_a_difference(error: Exception | None, says: str) -> None:
    with pytest.raises(Rejected, match=f"awkward input 1 of 1: {says}") as caught:
        proven(largest, saying(error), [])
    assert caught.value.role == CANDIDATE
    assert caught.value.reason is None


def test_an_input_that_was_changed_before_it_was_refused_is_a_difference() -> None:
    with pytest.raises(Rejected, match="input afterwards"):
        proven(largest, saying(ValueError("nothing to choose from"), spoil=True), [])


def test_a_candidate_alone_that_raises_has_failed() -> None:
    with pytest.raises(Rejected, match="ValueError: nothing") as caught:
        proven(saying(None), largest, [])
    assert (caught.value.role, caught.value.reason) == (CANDIDATE, "exception")


def test_a_baseline_has_failed_where_it_raises_on_ordinary_inputs_or_other_words_each_time() -> None:
    numbers = itertools.count()

    def raising(xs: list[int]) -> int:
        if not xs:
            raise ValueError(f"failure {next(numbers)}")
        return 1

    for baseline, awkward in ((lambda xs: largest([]), [1]), (raising, [])):
        with pytest.raises(Rejected) as caught:
            proven(baseline, baseline, awkward)
        assert (caught.value.role, caught.value.reason) == (BASELINE, "exception")
