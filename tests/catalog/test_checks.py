"""What `check_recipe` refuses, and what it lets pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.testing import check_recipe

pytestmark = pytest.mark.usefixtures("libraries_unwatched")


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
def test_a_quick_check_finds_what_drifts_after_its_calls_in_a_row(planted: Path) -> None:
    with pytest.raises(AssertionError, match=r"in a row|that were not compared"):
        check_recipe("toy/drift", catalog=planted, quick=True)


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


@pytest.mark.slow
def test_a_quick_check_compares_a_call_on_the_other_workloads_too(toy_catalog: Any) -> None:
    """Right on the workload that it is measured on, wrong on another."""
    body = "def make():\n    return lambda x: x**3 if len(x) < 30 else x**3 + 1"
    catalog = toy_catalog("plain_cube", late=("cube", body))
    target = catalog / "sample_targets" / "toy" / "target.py"
    other = """Workload(id="more", summary="30 rows", shared=shared, build=Model, sizes=("small", "tiny"),
            data=lambda weight, rng: rng.standard_normal((30, len(weight))), call=lambda model: model.run),
    ),
)"""
    target.write_text(target.read_text(encoding="utf-8").replace("    ),\n)", "        " + other), encoding="utf-8")

    whole, quick = (check_recipe("toy/plain-cube", catalog=catalog, quick=quick) for quick in (False, True))
    assert whole.exercised == quick.exercised == ("run", "more")
    assert whole.mutants > quick.mutants > 0  # it is whole on one alone
    with pytest.raises(AssertionError, match="toy/late on more: a call at size"):
        check_recipe("toy/late", catalog=catalog, quick=True)
