"""The tolerance that is suggested where floats differ a little."""

from __future__ import annotations

import pytest

from perfkit.comparison.tolerance import tolerance_words
from perfkit.equivalence import close, exact
from perfkit.tree import Difference
from tests.unit.test_plan import recipe

LOOSE = close(rtol=1e-3, atol=2e-3, why="rounding")
MINE, NEAR = recipe("mine", "inner"), recipe("near", "inner", equivalence=LOOSE)
STRICT, ELSEWHERE = recipe("strict", "inner", equivalence=exact()), recipe("elsewhere", "table", equivalence=LOOSE)
ENTRIES = {e.recipe.full_id: e for e in (MINE, NEAR, STRICT, ELSEWHERE)}


def difference(would_pass: str | None) -> Difference:
    return Difference(where="output", index=(0,), expected="1", got="2", why="", would_pass=would_pass)


def words(would_pass: str | None, name: str = "toy/mine") -> str:
    return tolerance_words(difference(would_pass), [name], ENTRIES)


def test_it_has_headroom_and_names_what_neighbours_of_the_seam_declare() -> None:
    assert words("rtol=1e-06, atol=2e-09") == (
        "with headroom, if rounding is all it is: close(rtol=1e-05, atol=2e-08, why=…); "
        "on inner: near uses close (rtol 0.001, atol 0.002)"
    )


def test_without_neighbours_it_stands_alone() -> None:
    assert words("atol=3e-05", "toy/elsewhere").endswith("is: close(atol=0.0003, why=…)")


@pytest.mark.parametrize("would_pass", [None, "", "rtol=0.03", "rtol=0.5"])
def test_where_no_tolerance_helps_or_it_would_prove_nothing_there_is_no_word(would_pass: str | None) -> None:
    assert words(would_pass) == ""


def test_of_many_neighbours_three_are_named() -> None:
    many = [recipe(f"near-{number}", "inner", equivalence=LOOSE) for number in range(5)]
    entries = {e.recipe.full_id: e for e in (MINE, *many)}

    said = tolerance_words(difference("rtol=1e-6"), ["toy/mine"], entries)
    assert said.count("uses close") == 3
    assert said.endswith(" and 2 more")
