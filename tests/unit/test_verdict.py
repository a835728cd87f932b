"""The verdict: which rule comes first, and where each begins."""

from __future__ import annotations

import inspect
import math
from typing import Any

import pytest

from perfkit.stats import verdict
from perfkit.stats.estimate import Estimate
from perfkit.stats.verdict import MARGIN, MIN_PROCESSES, Decision, combine, decide


def between(low: float, high: float, *, processes: int = 8, level: float = 0.95) -> Estimate:
    """An estimate whose interval, as a speed-up, is low…high."""
    a, b = math.log(low), math.log(high)
    return Estimate(point=(a + b) / 2, low=a, high=b, level=level, processes=processes)


def says(e95: tuple[float, float], e99: tuple[float, float], floor: float = 0.004, **more: Any) -> Decision:
    return decide(between(*e95), between(*e99), floor, **more)


@pytest.mark.parametrize(
    ("e95", "e99", "floor", "expected"),
    [
        pytest.param((1.10, 1.14), (1.09, 1.15), 0.004, "faster", id="clear gain"),
        pytest.param((0.88, 0.92), (0.87, 0.93), 0.004, "slower", id="clear loss"),
        pytest.param((1.02, 1.30), (0.99, 1.34), 0.004, "undecided", id="99 % reaches 1 from above"),
        pytest.param((0.80, 0.98), (0.77, 1.01), 0.004, "undecided", id="99 % reaches 1 from below"),
        pytest.param((1.02, 1.04), (1.01, 1.05), 0.040, "undecided", id="gain inside the noise floor"),
        pytest.param((0.96, 0.98), (0.95, 0.99), 0.040, "undecided", id="loss inside the noise floor"),
        pytest.param((0.995, 1.004), (0.993, 1.006), 0.004, "equivalent", id="inside the margin"),
        pytest.param((1.001, 1.003), (1.0005, 1.0035), 0.004, "equivalent", id="inside margin and floor, off 1"),
        pytest.param((0.995, 1.004), (0.98, 1.02), 0.004, "equivalent", id="the margin asks for 95 % only"),
        pytest.param((0.985, 1.004), (0.98, 1.02), 0.004, "undecided", id="one end beyond the margin"),
        pytest.param((0.996, 1.015), (0.98, 1.02), 0.004, "undecided", id="other end beyond the margin"),
        pytest.param((0.5, 2.0), (0.4, 2.5), 0.004, "undecided", id="anything is possible"),
        pytest.param((1.0, 1.0), (1.0, 1.0), 0.0, "equivalent", id="nothing varies, nothing differs"),
    ],
)
def test_the_first_rule_that_fits_decides(
    e95: tuple[float, float], e99: tuple[float, float], floor: float, expected: str
) -> None:
    assert says(e95, e99, floor).verdict == expected


def test_a_gain_comes_before_equivalence_and_says_that_it_is_small() -> None:
    assert says((1.004, 1.006), (1.003, 1.007), 0.001) == Decision(verdict="faster", note="below your margin")
    assert says((0.994, 0.996), (0.993, 0.997), 0.001) == Decision(verdict="slower", note="below your margin")
    assert says((1.10, 1.14), (1.09, 1.15)).note == ""


def test_the_floor_is_judged_on_the_point_not_on_the_interval() -> None:
    # the interval reaches below the floor, the point does not
    assert says((1.02, 1.08), (1.01, 1.09), floor=0.04).verdict == "faster"


def test_an_interval_that_touches_1_does_not_exclude_it() -> None:
    assert says((1.0, 1.1), (1.0, 1.1)).verdict == "undecided"
    assert says((0.9, 1.0), (0.9, 1.0)).verdict == "undecided"


def test_the_point_must_exceed_the_floor_not_reach_it() -> None:
    e99 = between(1.01, 1.09)
    floor = math.exp(e99.point) - 1

    assert decide(e99, e99, floor * (1 + 1e-9)).verdict == "undecided"
    assert decide(e99, e99, floor * (1 - 1e-9)).verdict == "faster"


def test_the_margin_is_a_ratio_on_both_sides() -> None:
    edge = 1 + MARGIN

    assert says((1 / edge * 1.0001, edge / 1.0001), (0.9, 1.1)).verdict == "equivalent"
    assert says((1 / edge * 1.0001, edge * 1.0001), (0.9, 1.1)).verdict == "undecided"
    assert says((1 / edge / 1.0001, edge / 1.0001), (0.9, 1.1)).verdict == "undecided"


@pytest.mark.parametrize("low", [1.5, 0.5, 0.9999])
def test_fewer_than_five_processes_never_give_a_verdict(low: float) -> None:
    few = between(low, low * 1.0001, processes=MIN_PROCESSES - 1)
    found = decide(few, few, 0.0)

    assert found.verdict == "undecided"
    assert "4 processes" in found.note
    enough = between(low, low * 1.0001, processes=MIN_PROCESSES)
    assert decide(enough, enough, 0.0).verdict != "undecided"
    assert MIN_PROCESSES == 5


def test_a_verdict_sees_numbers_only() -> None:
    assert set(inspect.signature(decide).parameters) == {"e95", "e99", "floor", "margin"}
    assert "perfkit.recipe" not in inspect.getsource(verdict)


@pytest.mark.parametrize(
    ("shared", "in_shared", "alone", "in_alone", "expected"),
    [
        pytest.param("faster", (1.1, 1.2), "faster", (1.15, 1.25), "faster", id="both see the gain"),
        pytest.param("faster", (1.1, 1.2), "faster", (1.5, 1.6), "faster", id="both see a gain, of another size"),
        pytest.param("faster", (1.1, 1.2), "slower", (0.8, 0.9), "layout-dependent", id="opposite"),
        pytest.param("slower", (0.8, 0.9), "faster", (1.1, 1.2), "layout-dependent", id="opposite, turned round"),
        pytest.param("faster", (1.1, 1.2), "equivalent", (0.995, 1.004), "layout-dependent", id="gain in one only"),
        pytest.param("faster", (1.1, 1.2), "undecided", (0.9, 1.15), "undecided", id="the other cannot say"),
        pytest.param("undecided", (0.9, 1.15), "faster", (1.1, 1.2), "undecided", id="the first cannot say"),
        pytest.param("undecided", (0.9, 1.1), "undecided", (0.95, 1.2), "undecided", id="neither can say"),
        pytest.param("undecided", (0.9, 1.0), "undecided", (1.1, 1.2), "layout-dependent", id="far apart, undecided"),
        pytest.param("equivalent", (0.998, 1.0), "equivalent", (1.001, 1.003), "equivalent", id="both within margin"),
    ],
)
def test_two_layouts_make_one_verdict(
    shared: str, in_shared: tuple[float, float], alone: str, in_alone: tuple[float, float], expected: str
) -> None:
    found = combine(Decision(verdict=shared), between(*in_shared), Decision(verdict=alone), between(*in_alone))

    assert found.verdict == expected
    turned = combine(Decision(verdict=alone), between(*in_alone), Decision(verdict=shared), between(*in_shared))
    assert turned.verdict == expected


@pytest.mark.parametrize("verdict", ["undecided", "faster"])
def test_a_layout_of_fewer_than_five_processes_leaves_it_undecided(verdict: str) -> None:
    few = decide(between(0.5, 0.6, processes=4), between(0.5, 0.6, processes=4), 0.0)
    enough = Decision(verdict=verdict)

    assert combine(few, between(0.5, 0.6, processes=4), enough, between(1.1, 1.2)) == few
    assert combine(enough, between(1.1, 1.2), few, between(0.5, 0.6, processes=4)) == few
    assert few.verdict == "undecided"


def test_agreement_keeps_the_remark_and_disagreement_explains_itself() -> None:
    small = Decision(verdict="faster", note="below your margin")

    assert combine(small, between(1.003, 1.007), small, between(1.003, 1.006)) is small
    assert combine(small, between(1.003, 1.007), Decision(verdict="undecided"), between(0.9, 1.1)).note
    assert combine(small, between(1.003, 1.007), Decision(verdict="slower"), between(0.9, 0.95)).note
