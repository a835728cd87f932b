"""What a recipe may say about its output."""

from __future__ import annotations

import dataclasses
from typing import get_args

import numpy as np
import pytest

from perfkit.equivalence import EquivalenceKind, close, combined, exact, new_format, own, unproven
from perfkit.report import compare, words
from perfkit.tree import first_difference, mutants


def test_exact_allows_nothing() -> None:
    rule = exact()

    assert (rule.kind, rule.rtol, rule.atol, rule.ulp, rule.dtype_change) == ("exact", 0, 0, 0, False)


def test_close_keeps_every_bound_and_the_reason() -> None:
    rule = close(rtol=1e-5, atol=1e-8, ulp=4, dtype_change=True, why="another order of summation")

    assert rule.kind == "close"
    assert (rule.rtol, rule.atol, rule.ulp, rule.dtype_change) == (1e-5, 1e-8, 4, True)
    assert rule.why == "another order of summation"


@pytest.mark.parametrize("bound", [{"rtol": 1e-9}, {"atol": 1e-9}, {"ulp": 1}])
def test_one_positive_bound_is_enough(bound: dict[str, float]) -> None:
    assert close(**bound, why="rounding").kind == "close"


@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"rtol": 0.0},
        {"dtype_change": True},
        {"rtol": -1e-6},
        {"rtol": 1e-6, "atol": -1e-6},
        {"rtol": 1.0, "ulp": -1},
    ],
)
def test_close_without_a_positive_bound_is_refused(bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="bound"):
        close(**bounds, why="rounding")


@pytest.mark.parametrize("why", ["", "  \n"])
def test_close_needs_a_reason(why: str) -> None:
    with pytest.raises(ValueError, match="why"):
        close(rtol=1e-6, why=why)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (exact(), "exact"),
        (close(rtol=1e-5, why="x"), "close (rtol 1e-05)"),
        (close(atol=0.5, ulp=2, why="x"), "close (atol 0.5, 2 ulp)"),
        (close(rtol=1e-3, atol=1e-6, dtype_change=True, why="x"), "close (rtol 0.001, atol 1e-06, dtype may change)"),
    ],
)
def test_a_rule_reads_as_what_it_allows(rule: object, text: str) -> None:
    assert str(rule) == text


def test_a_rule_cannot_be_loosened_afterwards() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        exact().rtol = 1.0


def test_recipes_together_may_differ_by_the_sum_of_what_each_may() -> None:
    one = close(rtol=1e-5, atol=1e-8, why="another order")
    two = close(rtol=2e-5, ulp=3, dtype_change=True, why="half the memory")
    both = combined([one, exact(), two])

    assert (both.kind, both.dtype_change, both.ulp) == ("close", True, 3)
    assert (both.rtol, both.atol) == pytest.approx((3e-5, 1e-8))
    assert both.why == "another order; half the memory"


def test_exact_recipes_loosen_nothing_together() -> None:
    rule = close(rtol=1e-5, why="another order")

    assert combined([]) == combined([exact(), exact()]) == exact()
    assert combined([exact(), rule, exact()]) is rule


def test_what_does_not_add_up_is_never_taken_for_a_tolerance() -> None:
    rule = close(rtol=1e-5, why="another order")

    with pytest.raises(ValueError, match="cannot be combined: own"):
        combined([own(lambda expected, got: True, why="m:same"), rule])
    with pytest.raises(ValueError, match="cannot be combined: unproven"):
        combined([rule, unproven()])


def test_reports_have_a_word_for_every_kind_of_equality() -> None:
    kinds = set(get_args(EquivalenceKind))

    assert words._OUTPUTS.keys() == kinds
    assert compare._HOW.keys() == kinds - {"unproven"}  # which has no line of its proof


def test_a_tolerance_that_a_tenth_of_every_value_may_hide_in_is_refused() -> None:
    with pytest.raises(ValueError, match="proves nothing"):
        close(rtol=0.1, why="x")


def test_a_new_format_frees_the_parts_it_names_and_nothing_else() -> None:
    rule = new_format({"stream"}, why="other counts")
    expected = {"stream": np.zeros(3), "restored": np.arange(3)}

    assert rule.kind == "format"
    assert str(rule) == "exact, but for another format of stream"
    assert first_difference(expected, {"stream": np.ones(5), "restored": np.arange(3)}, rule) is None
    assert first_difference(expected, {"stream": np.zeros(3), "restored": np.arange(3) + 1}, rule) is not None
    assert first_difference(expected, {"restored": np.arange(3)}, rule) is not None
    assert [what for what, _ in mutants(expected, expected, rule)]
    assert all(first_difference(expected, wrong, rule) is not None for _, wrong in mutants(expected, expected, rule))


def test_a_new_format_may_allow_a_tolerance_for_the_rest() -> None:
    rule = new_format({"stream"}, within=close(rtol=1e-3, why="rounding"), why="other counts")

    assert first_difference({"stream": 1, "p": np.array([1.0])}, {"stream": 2, "p": np.array([1.0001])}, rule) is None
    assert first_difference({"stream": 1, "p": np.array([1.0])}, {"stream": 2, "p": np.array([1.01])}, rule) is not None
    both = combined([rule, close(rtol=1e-3, why="more"), exact()])
    assert both.free == {"stream"}
    assert both.kind == "format"
    assert both.rtol == pytest.approx(2e-3)


@pytest.mark.parametrize(("parts", "why"), [((), "x"), (("",), "x"), (("stream",), " ")])
def test_a_new_format_names_its_parts_and_says_why(parts: tuple[str, ...], why: str) -> None:
    with pytest.raises(ValueError, match="new_format"):
        new_format(parts, why=why)


def test_a_seam_whose_whole_output_is_free_has_no_mutants() -> None:
    rule = new_format({"output"}, why="one position instead of all")

    assert first_difference(np.zeros(3), np.ones(1), rule) is None
    assert list(mutants(np.arange(9.0), np.arange(9.0), rule)) == []
