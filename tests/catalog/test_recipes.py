"""Every recipe of perfkit's own catalogue is right, says what it must, and would be caught if it were wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from perfkit.catalog import open_catalogs
from perfkit.catalog.index import RecipeEntry
from perfkit.sample_targets.compressor import target as compressor
from perfkit.sample_targets.compressor.model import Config
from perfkit.sample_targets.compressor.weights import state_dict
from perfkit.testing import check_recipe

FOUND = open_catalogs()
RECIPES = [pytest.param(r, id=r.recipe.full_id) for r in FOUND.recipes]
# proofs of these models take seconds of processor time each: an ordinary run has one, `make long` all; the recipes of
# finite-memory are each proven on one workload in test_finite_memory.py
SLOW_TARGETS = {"finite-memory", "spectral", "spectral-causal", "traditional"}
SAMPLED = {"spectral/vectorized-encoding"}
EVERY = os.environ.get("PERFKIT_RECIPES") == "all"
PROVEN = [
    pytest.param(r, id=r.recipe.full_id)
    for r in FOUND.recipes
    if r.recipe.status != "rejected" and (EVERY or r.recipe.target not in SLOW_TARGETS or r.recipe.full_id in SAMPLED)
]
REJECTED = [
    pytest.param(r, id=r.recipe.full_id)
    for r in FOUND.recipes
    if r.recipe.status == "rejected" and (EVERY or r.recipe.target != "finite-memory")
]
HEADINGS = ["What it does", "Why the baseline is slow", "When it loses", "Source"]


@pytest.fixture(scope="module", autouse=True)
def _narrow_compressor() -> Iterator[None]:
    """A model as deep as the compressor's, but narrow and of a short memory, on short files.

    A file is still longer than the context. `make long` takes the whole one, with its trained weights.
    """
    if os.environ.get("PERFKIT_COMPRESSOR") == "whole":
        yield
        return
    narrow = partial(Config, width=16, heads=2, ff=32, context=32)
    weights = state_dict(narrow(), seed=0)
    weights["head.weight"] *= 2  # as sure of the next byte as a trained model is
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compressor, "Config", narrow)
        patch.setattr(compressor, "trained", lambda: weights)
        patch.setattr(compressor, "CHUNK", narrow().context)
        patch.setattr(compressor, "BYTES", {**compressor.BYTES, "small": 48, "tiny": 5})
        yield


def test_no_file_of_the_catalogue_is_broken() -> None:
    assert FOUND.broken == ()
    assert len(FOUND.recipes) >= 66


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As perfkit's workers have it: torch's small operations on many threads only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.slow
@pytest.mark.parametrize("entry", REJECTED)
def test_what_is_listed_as_rejected_is_rejected(entry: RecipeEntry) -> None:
    with pytest.raises(AssertionError, match=f"^{re.escape(entry.recipe.full_id)} on "):
        check_recipe(entry.recipe.full_id)


@pytest.mark.slow
@pytest.mark.parametrize("entry", PROVEN)
def test_it_is_proven_and_its_proof_refuses_mutants(entry: RecipeEntry) -> None:
    checked = check_recipe(entry.recipe.full_id)

    # a slow workload is called for seconds, not for a number of calls
    assert checked.calls > (15 if entry.recipe.target in SLOW_TARGETS else 30)
    assert checked.mutants >= 2
    assert checked.exercised


@pytest.mark.parametrize("entry", RECIPES)
def test_its_documentation_has_every_heading_with_a_text_below(entry: RecipeEntry) -> None:
    summary, *_ = entry.doc.splitlines()
    found = re.findall(r"^(\S.*)\n((?:    .*\n?)+)", entry.doc + "\n", re.M)

    assert [head for head, _ in found] == HEADINGS
    assert all(len(text.strip()) > 3 for _, text in found)
    assert summary.endswith(".")
    assert len(summary) <= 100


@pytest.mark.parametrize("entry", [p for p in RECIPES if p.values[0].recipe.claim is None])
def test_what_is_documented_has_a_claim_or_says_why_not(entry: RecipeEntry) -> None:
    ours = entry.recipe.status in ("beyond", "reference")
    assert ours or "no figure" in re.sub(r"\s+", " ", entry.doc)


@pytest.mark.parametrize("entry", [p for p in RECIPES if p.values[0].recipe.claim])
def test_its_claim_says_what_and_where(entry: RecipeEntry) -> None:
    claim = entry.recipe.claim

    assert claim
    assert claim.text.strip()
    assert claim.source.strip()


@pytest.mark.parametrize("entry", RECIPES)
def test_explain_tells_all_of_it(perfkit_here: Any, entry: RecipeEntry) -> None:
    run = perfkit_here("explain", entry.recipe.full_id)

    assert run.rc == 0
    assert run.lines[0] == entry.recipe.full_id
    for heading in HEADINGS:
        assert heading in run.lines
    if entry.recipe.claim:
        said = re.sub(r"\s+", " ", run.stdout)
        assert entry.recipe.claim.text in said


@pytest.mark.parametrize("entry", RECIPES)
def test_its_source_names_no_path_of_somebodys_machine(entry: RecipeEntry) -> None:
    text = entry.path.read_text(encoding="utf-8")

    assert not re.search(r"/(home|root|Users|work|tmp)/", text)


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
