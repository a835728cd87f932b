"""Growth along an axis, and the words for where a recipe pays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.stats.growth import break_even, growth, paying

VALUES = [2**i for i in range(10)]


@given(st.floats(-2, 3), st.floats(1e-3, 1e3))
@settings(deadline=None)  # the first call imports scipy
def test_a_power_law_is_found_whatever_its_scale(exponent: float, scale: float) -> None:
    found = growth(VALUES, [scale * v**exponent for v in VALUES])

    assert found is not None
    assert found.exponent == pytest.approx(exponent, abs=1e-6)
    assert found.low <= found.exponent <= found.high


def test_what_a_call_costs_at_any_size_does_not_hide_the_growth() -> None:
    found = growth(VALUES, [20 + v**2 for v in VALUES])

    assert found is not None
    assert found.start == 32
    assert found.exponent == pytest.approx(2, abs=0.02)


def test_the_interval_holds_the_exponent_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        found = growth(VALUES, [v**1.5 * math.exp(rng.normal(0, 0.05)) for v in VALUES])
        assert found is not None
        held += found.low <= 1.5 <= found.high
    assert 0.91 <= held / 400 <= 0.99


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 2.0], [1.0, 0.0, 2.0]])
def test_too_little_gives_no_fit(times: list[float]) -> None:
    assert growth(VALUES[: len(times)], times) is None


def test_the_break_even_lies_between_the_points_it_is_read_from() -> None:
    assert break_even([16, 64], [0.5, 2.0], 1) == pytest.approx(32)
    assert break_even([16, 64], [1.2, 2.0], 1) is None


@pytest.mark.parametrize(
    ("faster", "words"),
    [
        ([True] * 4, "worth it everywhere (rows 1–8)"),
        ([False] * 4, "not shown to be worth it anywhere (rows 1–8)"),
        ([False, False, True, True], "worth it from rows = 4; breaks even at about 2.83"),
        ([True, True, False, False], "worth it up to rows = 2; breaks even at about 2.83"),
        ([True, False, True, False], "worth it at rows = 1, 4"),
    ],
)
def test_where_it_pays_in_words(faster: list[bool], words: str) -> None:
    speedups = [2.0 if f else 0.5 for f in faster]

    assert paying("rows", [1, 2, 4, 8], speedups, faster) == words
