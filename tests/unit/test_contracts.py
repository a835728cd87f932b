"""What arrays keep to that random ones would not: found where it is kept, and not where it is not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from perfkit.worker.inputs.contracts import SURE, contracts

RNG = np.random.default_rng(0)
SQUARE = RNG.normal(size=(5, 5))
UNIT = RNG.normal(size=(6, 3))


@pytest.mark.parametrize(
    ("array", "contract"),
    [
        (np.sort(RNG.random(10)), "order"),
        (-np.sort(RNG.random((3, 9)), axis=-1), "order"),
        (RNG.dirichlet(np.ones(7), 4), "sums of 1"),
        (RNG.dirichlet(np.ones(7), 4).T.astype("f4"), "sums of 1"),
        (SQUARE + SQUARE.T, "symmetry"),
        ((SQUARE + SQUARE.T).astype(complex), "symmetry"),
        (np.tril(SQUARE), "a triangle of zeros"),
        (UNIT / np.linalg.norm(UNIT, axis=1, keepdims=True), "rows of norm 1"),
        (np.eye(8)[RNG.integers(0, 8, 20)], "whole numbers"),
        (RNG.choice([0.25, 0.5, -1.5], 64), "few values"),
        (np.where(RNG.random(90) < 0.5, 0, RNG.random(90)), "many zeros"),
        (np.array([1.0, np.nan, 2.5]), "numbers that are not finite"),
        (RNG.permutation(9), "whole numbers"),
        (RNG.random(9) < 0.5, "whole numbers"),
    ],
)
def test_a_contract_is_found(array: Any, contract: str) -> None:
    assert contracts(array)[contract] >= SURE


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8"])
@pytest.mark.parametrize("shape", [(1,), (64,), (4, 8), (2, 5, 5), (300, 40), (0, 3), ()])
def test_random_numbers_keep_to_none(dtype: str, shape: tuple[int, ...]) -> None:
    array = (RNG.normal(size=shape) + (1j * RNG.normal(size=shape) if dtype == "c8" else 0)).astype(dtype)

    assert not [name for name, surprise in contracts(array).items() if surprise >= SURE]


def test_a_constant_needs_no_contract() -> None:
    assert contracts(np.zeros((4, 4))) == {}


def test_two_numbers_in_order_are_no_surprise_until_they_are_so_every_time() -> None:
    pair = contracts(np.array([0.25, 0.75, 0.8]))["order"]

    assert pair == pytest.approx(math.log(3))
    assert pair < SURE < 12 * pair
