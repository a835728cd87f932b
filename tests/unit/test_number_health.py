"""Planted subnormals, overflows and decayed data are counted; healthy data is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from perfkit.worker.number_health import Health, scan

TINY = {"f2": 1e-7, "f4": 1e-40, "f8": 5e-320}


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_subnormal_numbers_are_counted_in_every_dtype(dtype: str) -> None:
    smallest_normal = np.finfo(dtype).tiny
    found = scan(np.array([1.0, TINY[dtype], -TINY[dtype], 0.0, smallest_normal, -smallest_normal], dtype))

    assert found == Health(floats=6, subnormal=2, nonfinite=0, nonzero=5)
    assert found.flags == ("subnormal",)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_overflow_and_nan_are_counted(bad: float) -> None:
    found = scan([np.ones(3), {"x": np.array([[1.0, bad], [bad, 0.0]])}])

    assert found == Health(floats=7, nonfinite=2, nonzero=6)
    assert found.flags == ("nonfinite",)


def test_data_that_decayed_to_zeros_is_flagged() -> None:
    assert scan(np.zeros((3, 3))).flags == ("decayed",)
    assert scan([np.zeros(3), -np.zeros(2)]).flags == ("decayed",)
    assert scan([np.zeros(3), np.array([0.0, 1.0])]).flags == ()


def test_both_parts_of_a_complex_number_are_looked_at() -> None:
    values = np.array([1 + 0j, complex(0, 1e-310), complex(np.nan, 1), complex(1, np.inf)])

    assert scan(values) == Health(floats=8, subnormal=1, nonfinite=2, nonzero=6)
    assert scan(np.array([1e-40j], np.complex64)).flags == ("subnormal",)


def test_several_troubles_are_all_named() -> None:
    assert scan(np.array([5e-324, np.nan])).flags == ("subnormal", "nonfinite")


@pytest.mark.parametrize(
    "tree",
    [np.zeros(4, np.int64), np.zeros(4, bool), np.array(["", "x"]), np.ones(0), [], None, "text", 3],
    ids=str,
)
def test_what_holds_no_floats_is_healthy(tree: Any) -> None:
    assert scan(tree) == Health()
    assert scan(tree).flags == ()


@pytest.mark.parametrize("number", [float("nan"), np.float64("inf"), np.float32("nan")])
def test_a_single_number_is_looked_at_too(number: Any) -> None:
    assert scan({"loss": number}).flags == ("nonfinite",)


def test_healthy_data_has_no_flags_and_is_not_changed() -> None:
    values = np.linspace(-1, 1, 11)
    copy = values.copy()

    assert scan(values).flags == ()
    assert values.tobytes() == copy.tobytes()
