"""The proof proves itself: every wrong copy of a right output must be refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.equivalence import Equivalence, close, exact
from perfkit.tree import first_difference, mutants

RULES = [
    exact(),
    close(rtol=1e-5, atol=1e-8, why="another order of summation"),
    close(rtol=1e-3, why="x"),
    close(ulp=4, why="x"),
    close(rtol=1e-6, ulp=2, why="x"),
]
NAMES = ["one element off", "two rows swapped", "last row stale"]


@given(
    rows=st.integers(1, 6),
    columns=st.integers(1, 6),
    scale=st.integers(-3, 6),
    dtype=st.sampled_from([np.float32, np.float64]),
    rule=st.sampled_from(RULES),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_every_mutant_is_refused_by_the_rule_it_was_made_for(
    rows: int, columns: int, scale: int, dtype: Any, rule: Equivalence, seed: int
) -> None:
    # distinct, well apart: rows of a random output never agree to within a sane tolerance
    def output(seed: int) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        values = (rng.permutation(rows * columns) + 1) * rng.choice([-1, 1], rows * columns) * 10.0**scale
        logits = values.astype(dtype).reshape(rows, columns)
        logits.flags.writeable = False
        return {"loss": 1.5, "logits": logits}

    right = output(seed)
    found = list(mutants(right, output(seed + 1), rule, seed))

    assert first_difference(right, output(seed), rule) is None
    arrays = [name for name, _ in found if "array" in name]
    assert arrays[:2] == [f"{name} (array 0)" for name in NAMES[: min(2, rows * columns)]]
    assert "off at output['loss']" in dict(found)
    for name, wrong in found:
        assert first_difference(right, wrong, rule) is not None, name


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_an_output_of_several_rows_gets_all_three_mutants(rule: Equivalence) -> None:
    found = dict(mutants([np.arange(6.0).reshape(3, 2)], [np.arange(6.0).reshape(3, 2) + 9], rule))

    assert list(found)[:3] == [f"{name} (array 0)" for name in NAMES]
    assert found["two rows swapped (array 0)"][0].tolist() == [[4, 5], [2, 3], [0, 1]]
    assert found["last row stale (array 0)"][0].tolist() == [[0, 1], [2, 3], [13, 14]]


def test_each_array_of_a_tree_is_spoilt_on_its_own_and_the_original_left_alone() -> None:
    right = {"ids": np.arange(3), "more": (np.array([True, False]), "text")}
    found = dict(mutants(right, right, exact()))

    assert sum("(array" in name for name in found) == 6
    assert found["two rows swapped (array 1)"]["ids"].tolist() == [0, 1, 2]
    assert found["two rows swapped (array 1)"]["more"][0].tolist() == [False, True]
    assert right["ids"].tolist() == [0, 1, 2]
    assert right["more"][0].tolist() == [True, False]


def test_a_mutant_that_would_equal_the_original_is_left_out() -> None:
    same_rows = np.ones((3, 2))

    assert [name for name, _ in mutants(same_rows, same_rows, exact())] == ["one element off (array 0)"]


def test_without_another_output_the_last_row_is_the_one_before() -> None:
    found = dict(mutants(np.arange(4.0), None, exact()))

    assert found["last row stale (array 0)"].tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8", "f2", "f4", "f8"])
def test_an_output_at_the_limit_of_its_dtype_gets_its_mutants_too(dtype: str) -> None:
    limit = np.iinfo(dtype).max if dtype[0] in "iu" else np.finfo(dtype).max
    full = np.full(4, limit, dtype)

    assert [name for name, wrong in mutants(full, full, exact()) if first_difference(full, wrong, exact()) is not None]
