"""The global generators of random numbers: whoever draws from one or sets it is seen, and nobody else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from perfkit.worker.state import random_state

NUMPY, PYTHON = "numpy's global generator", "Python's global generator"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with random_state.kept():
        yield
    random_state.forget()


def another_generator() -> None:
    np.random.set_state(np.random.RandomState(7).get_state(legacy=False))


@pytest.mark.parametrize(
    ("work", "moved"),
    [
        (lambda: None, []),
        (lambda: np.random.default_rng(1).random(9), []),
        (np.random.random, [NUMPY]),
        (np.random.standard_normal, [NUMPY]),
        (lambda: np.random.seed(1), [NUMPY]),
        (another_generator, [NUMPY]),
        (random.random, [PYTHON]),
        (lambda: random.seed(1), [PYTHON]),
    ],
)
def test_whoever_moves_one_is_seen(work: Callable[[], Any], moved: list[str]) -> None:
    with random_state.watched("key", baseline=False) as found:
        work()

    assert found == moved


def test_equal_keys_set_them_alike() -> None:
    drawn = []
    for key in ("one", "one", "other"):
        random_state.set_generators(key)
        drawn.append((random.random(), np.random.random()))

    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_a_number_that_numpy_had_at_hand_is_seen_to_be_taken() -> None:
    np.random.seed(1)
    np.random.standard_normal()  # made in pairs: the other one waits

    _, moved = random_state.changed_by(np.random.standard_normal)

    assert moved == [NUMPY]


def test_the_generators_own_bytes_are_what_numpy_tells_of_it() -> None:
    assert random_state._BYTES, "numpy keeps them otherwise: watching costs a tenth of a millisecond a call"


def test_they_are_put_back() -> None:
    before = random.getstate(), np.random.get_state(legacy=False)["state"]["key"].tolist()
    with random_state.kept():
        random_state.set_generators("key")

    assert (random.getstate(), np.random.get_state(legacy=False)["state"]["key"].tolist()) == before


def test_where_one_stands_after_a_call_is_compared_where_the_baseline_draws() -> None:
    def stand(*work: Callable[[], Any], baseline: bool = False) -> dict[str, Any]:
        with random_state.watched("key", baseline=baseline):
            for draw in work:
                draw()
        return random_state.drawn_from()

    assert stand(random.random) == {}  # not the baseline's
    expected = stand(random.random, baseline=True)

    assert list(expected) == [PYTHON]
    assert random_state.apart(expected, stand(random.random)) == []
    assert random_state.apart(expected, stand(random.random, np.random.random)) == []  # `watched` has named that one
    assert random_state.apart(expected, stand(random.random, random.random)) == [PYTHON]
    assert random_state.apart(expected, stand()) == [PYTHON]
