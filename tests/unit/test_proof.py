"""Planted defects: what the comparison must refuse, and what it must let through."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from perfkit.equivalence import Equivalence, close, exact
from perfkit.tree import copy, first_difference, leaves, overwrite

LOOSE = close(rtol=1e-5, atol=1e-8, why="another order of summation")
RULES = [exact(), LOOSE, close(rtol=1e-3, why="x"), close(atol=1e-6, why="x"), close(ulp=4, why="x")]
F32, F64, NAN = np.float32, np.float64, np.nan


@dataclass(frozen=True)
class Pair:
    left: Any
    right: Any


def tree() -> dict[str, Any]:
    """One of everything, made anew."""
    x = np.arange(12, dtype=F32).reshape(3, 4) + 1
    return {
        "x": x,
        "more": [x * 2, (x[0] * 3, 4)],
        "pair": Pair(x * 5, "text"),
        "loss": 0.25,
        "n": F64(7),
        "none": None,
    }


def frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_equal_trees_have_no_difference(rule: Equivalence) -> None:
    assert first_difference(tree(), tree(), rule) is None


SPECIAL = np.array([NAN, np.inf, -np.inf, -0.0, 1.0, 5e-324])


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "c16"])
def test_special_values_equal_themselves(rule: Equivalence, dtype: str) -> None:
    values = SPECIAL.astype(dtype)
    assert first_difference(values, values.copy(), rule) is None


ONES = np.ones((2, 3))
ANY_RULE = [  # (expected, got) that no rule may call equal
    pytest.param(ONES, np.zeros((2, 3)), id="zeros"),
    pytest.param(np.arange(6.0).reshape(3, 2), np.arange(6.0).reshape(3, 2)[::-1], id="swapped rows"),
    pytest.param(ONES, np.array([[1, 1, 1], [1, NAN, 1]]), id="NaN for a number"),
    pytest.param(np.array([NAN, 1.0]), np.array([2.0, 1.0]), id="number for a NaN"),
    pytest.param(np.array([np.inf, 1.0]), np.array([-np.inf, 1.0]), id="infinity of the other sign"),
    pytest.param(np.array([np.inf, 1.0]), np.array([0.0, 1.0]), id="zero for an infinity"),
    pytest.param(np.array([0.0, 1.0]), np.array([np.inf, 1.0]), id="infinity for a zero"),
    pytest.param(np.array([1 + 2j, 3]), np.array([1 - 2j, 3]), id="conjugate"),
    pytest.param(complex(1, 2), complex(1, NAN), id="NaN in a complex number"),
    pytest.param(ONES, ONES.astype(F32), id="dtype"),
    pytest.param(np.array([1, 2]), np.array([1, 3]), id="integers"),
    pytest.param(np.array([1, 2]), np.array([1, 2], np.int32), id="integer width"),
    pytest.param(np.array([True, False]), np.array([True, True]), id="booleans"),
    pytest.param(np.array(["a", "b"]), np.array(["a", "c"]), id="strings"),
    pytest.param(ONES, ONES.T, id="shape"),
    pytest.param(np.ones(1), np.array(1.0), id="shape () for (1,)"),
    pytest.param(np.ones(0), np.ones((0, 2)), id="shape of an empty array"),
    pytest.param(ONES, ONES.tolist(), id="list for an array"),
    pytest.param(ONES, np.ma.masked_array(ONES, ONES == 0), id="masked array for an array"),
    pytest.param(1.0, F64(1.0), id="float64 for float"),
    pytest.param(F64(1.0), F32(1.0), id="float32 for float64"),
    pytest.param(1, 1.0, id="float for int"),
    pytest.param(1, True, id="bool for int"),
    pytest.param((1, 2), [1, 2], id="list for tuple"),
    pytest.param((1, 2), (1, 2, 3), id="length"),
    pytest.param({"a": 1}, {"b": 1}, id="keys"),
    pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="order of keys"),
    pytest.param({"a": 1}, OrderedDict(a=1), id="another mapping"),
    pytest.param(b"abc", b"abd", id="bytes"),
    pytest.param(None, 0, id="zero for None"),
    pytest.param(np.array([1, None]), np.array([1, 0]), id="object arrays"),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize(("expected", "got"), ANY_RULE)
def test_a_planted_defect_is_refused_by_every_rule(expected: Any, got: Any, rule: Equivalence) -> None:
    assert first_difference(expected, got, rule) is not None


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (0.0, -0.0),
        (np.array([0.0]), np.array([-0.0])),
        (0j, complex(0.0, -0.0)),
        (np.array([0j]), np.array([0j]).conj()),
    ],
)
def test_the_sign_of_zero_counts_bit_for_bit_and_is_nothing_to_a_tolerance(expected: Any, got: Any) -> None:
    assert first_difference(expected, got, exact()) is not None
    assert first_difference(expected, got, LOOSE) is None


@pytest.mark.parametrize("one", [1.0, F32(1), 1 + 1j, np.ones(2), np.ones(2, np.complex64)])
def test_a_tolerance_admits_what_it_says_and_exact_does_not(one: Any) -> None:
    near, far = one * type(one)(1.0005) if not isinstance(one, np.ndarray) else one * F32(1.0005), one + one
    rule = close(rtol=1e-3, why="x")

    assert first_difference(one, near, rule) is None
    assert first_difference(one, near, exact()) is not None
    assert first_difference(one, far, rule) is not None


def test_a_relative_tolerance_is_relative_to_each_value_and_an_absolute_one_is_not() -> None:
    expected, step = np.array([100.0, 0.01]), np.array([0.05, 0.0])
    relative, absolute = close(rtol=1e-3, why="x"), close(atol=0.06, why="x")

    assert first_difference(expected, expected + step, relative) is None
    assert first_difference(expected, expected + step[::-1], relative) is not None
    assert first_difference(expected, expected + step[::-1], absolute) is None


@pytest.mark.parametrize("dtype", [np.float16, F32, F64])
def test_the_ulp_rule_counts_representable_numbers(dtype: Any) -> None:
    expected = np.full(3, 1.5, dtype)
    up = expected.copy()
    for _ in range(3):
        up[1] = np.nextafter(up[1], dtype(2))

    assert first_difference(expected, up, close(ulp=3, why="x")) is None
    assert first_difference(expected, up, close(ulp=2, why="x")) is not None


@pytest.mark.parametrize("dtype", [np.float16, F32, F64, np.complex64])
def test_the_largest_number_has_an_ulp_too(dtype: Any) -> None:
    full = np.full(3, np.finfo(dtype).max, dtype)

    assert first_difference(full, full.copy(), close(ulp=1, why="x")) is None
    assert first_difference(full, full / 2, close(ulp=1, why="x")) is not None


def test_a_tolerance_so_wide_that_zeros_would_pass_is_refused_even_for_a_right_output() -> None:
    small = np.full((4, 4), 1e-7)
    found = first_difference(small, small.copy(), close(atol=1e-6, why="x"))

    assert found is not None
    assert found.why == "zeros would pass"
    assert first_difference(np.zeros(3), np.zeros(3), close(atol=1e-6, why="x")) is None


def test_another_dtype_passes_only_when_declared_and_only_for_the_same_values() -> None:
    x, rule = np.linspace(1, 2, 5), close(rtol=1e-6, dtype_change=True, why="half the memory")

    assert first_difference(x, x.astype(F32), rule) is None
    assert first_difference(F64(1.5), F32(1.5), rule) is None
    assert first_difference(x, x.astype(F32) * F32(1.001), rule) is not None


@pytest.mark.parametrize("got", [np.ones(3) + 5j, np.array(["1", "1", "b"])], ids=["complex", "strings"])
def test_a_declared_dtype_change_is_between_real_numbers(got: np.ndarray) -> None:
    assert first_difference(np.ones(3), got, close(rtol=1e-3, dtype_change=True, why="x")) is not None


def test_the_difference_names_the_first_place_and_both_values() -> None:
    wrong = tree()
    wrong["pair"].left[1, 2] = -9
    wrong["pair"].left[2, 0] = -9
    found = first_difference(tree(), wrong, exact(), "logits")

    assert found is not None
    assert (found.where, found.index, found.expected, found.got) == ("logits['pair'].left", (1, 2), "35.0", "-9.0")
    assert str(found) == (
        "2 of 12 values differ, first at logits['pair'].left[1, 2]: expected 35.0, got -9.0; "
        "largest difference 54 absolute, 1.3 relative"
    )


def test_a_long_value_is_cut_short() -> None:
    found = first_difference("a" * 500, "b" * 500, exact())

    assert found is not None
    assert len(found.expected) == 80
    assert found.expected.endswith("...")


def test_a_copy_is_out_of_reach_of_later_writes() -> None:
    original = tree()
    kept = copy(original)
    more = original["more"]
    overwrite(original)
    more.append(1)

    assert first_difference(tree(), kept, exact()) is None


@pytest.mark.parametrize("value", [OrderedDict(a=1), np.ones(2).T, (1, [2]), Pair(1, 2)])
def test_a_copy_equals_its_original(value: Any) -> None:
    assert first_difference(value, copy(value), exact()) is None


def test_leaves_are_the_arrays_in_the_order_of_comparison() -> None:
    assert [int(a.flat[0]) for a in leaves(tree())] == [1, 2, 3, 5]


def test_overwriting_spoils_every_writable_array_and_leaves_read_only_ones() -> None:
    kept = frozen(np.ones(2))
    numbers, words, flags = np.ones(2), np.array(["x"]), np.zeros(2, bool)
    left = overwrite({"a": numbers, "b": [words, flags], "weights": kept, "empty": np.ones(0)})

    assert numbers.tolist() == [77, 77]
    assert words.tolist() == [""]
    assert flags.all()
    assert kept.tolist() == [1, 1]
    assert left == ("output['weights']",)
