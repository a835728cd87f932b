"""What `check_recipe` refuses, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.testing import check_recipe


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ("zeros", "first call"),
        ("stale-weights", "after the weights changed"),
        ("drift", "in a row|that were not compared"),  # a busy machine makes fewer compared calls in its time
        ("content-memo", "overwritten"),
        ("shared-buffer", "kept from the first call"),
        ("wide-tolerance", "zeros would pass"),
        ("raises", "ZeroDivisionError"),
        ("unused", "no workload of toy calls never"),
    ],
)
def test_a_planted_recipe_does_not_pass_its_check(planted: Path, recipe: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_recipe(f"toy/{recipe}", catalog=planted)


@pytest.mark.slow
def test_a_proof_that_lets_mutants_through_does_not_pass_its_check(
    planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.testing.first_difference", lambda *_: None)

    with pytest.raises(AssertionError, match="its proof accepts a wrong output: one element off"):
        check_recipe("toy/plain-cube", catalog=planted)


@pytest.mark.slow
def test_an_honest_planted_recipe_passes_its_check(planted: Path) -> None:
    checked = check_recipe("toy/plain-cube", catalog=planted)

    assert checked.exercised == ("run",)
    assert checked.mutants == 6
