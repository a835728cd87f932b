"""Every recipe of perfkit's own catalogue is right, says what it must, and would be caught if it were wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import pytest
import torch
from threadpoolctl import threadpool_limits

from perfkit.catalog import open_catalogs
from perfkit.catalog.read_files import RecipeEntry
from perfkit.protocol.proving import Prove
from perfkit.sample_targets.compressor import target as compressor
from perfkit.sample_targets.compressor.model import Config
from perfkit.sample_targets.compressor.weights import state_dict
from perfkit.sources.catalog import CatalogSource
from perfkit.testing import Checked, check_loaded
from perfkit.testing import _refuse_mutants as refuse_mutants
from perfkit.worker.proof.variant import compare_once
from perfkit.worker.side_effects import acquaint
from perfkit.worker.state.random_state import kept

FOUND = open_catalogs()
RECIPES = [pytest.param(r, id=r.recipe.full_id) for r in FOUND.recipes]
# proofs of these models take seconds of processor time each: an ordinary run has one, `make long` all; the recipes of
# finite-memory are each proven on one workload in test_finite_memory.py. Of the others an ordinary run compares a call
# of each on every workload, and proves every third on the workload that it is measured on and on its seams; `make long`
# proves all on all
SLOW_TARGETS = {"finite-memory", "spectral", "spectral-causal", "traditional"}
SAMPLED = {"spectral/vectorized-encoding"}
COMPILED = {"compressor/torch-compile"}  # for seconds
EVERY = os.environ.get("PERFKIT_RECIPES") == "all"
RIGHT = [r for r in FOUND.recipes if r.recipe.status != "rejected"]
QUICK = [r for r in RIGHT if r.recipe.target not in SLOW_TARGETS and r.recipe.full_id not in COMPILED]
WHOLE = RIGHT if EVERY else [*QUICK[::3], *(r for r in RIGHT if r.recipe.full_id in SAMPLED)]


def where_it_runs(entry: RecipeEntry) -> Any:
    """One that lacks a module or hardware here is skipped, with what it lacks."""
    lacks = [pytest.mark.skip(reason=f"unavailable: {entry.unavailable}")] if entry.unavailable else []
    return pytest.param(entry, id=entry.recipe.full_id, marks=lacks)


PROVEN = [where_it_runs(r) for r in WHOLE]
COMPARED = [where_it_runs(r) for r in QUICK if r not in WHOLE]
REJECTED = [
    pytest.param(r, id=r.recipe.full_id)
    for r in FOUND.recipes
    if r.recipe.status == "rejected" and (EVERY or r.recipe.target != "finite-memory")
]
Check = Callable[[RecipeEntry], Checked]
Load = Callable[[str], CatalogSource]
HEADINGS = ["What it does", "Why the baseline is slow", "When it loses", "Source"]


@pytest.fixture(scope="module", autouse=True)
def _narrow_compressor() -> Iterator[None]:
    """A model as deep as the compressor's, but narrow and of a short memory, on short files.

    A file is still longer than the context. `make long` takes the whole one, with its trained weights.
    """
    if os.environ.get("PERFKIT_COMPRESSOR") == "whole":
        yield
        return
    narrow = partial(Config, width=16, heads=2, ff=32, context=16)
    weights = state_dict(narrow(), seed=0)
    weights["head.weight"] *= 2  # as sure of the next byte as a trained model is
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compressor, "Config", narrow)
        patch.setattr(compressor, "trained", lambda: weights)
        patch.setattr(compressor, "CHUNK", narrow().context)
        patch.setattr(compressor, "BYTES", {**compressor.BYTES, "small": 28, "tiny": 5})
        yield


@pytest.fixture(scope="module", autouse=True)
def _short_soaks() -> Iterator[None]:
    """Calls in a row take a moment; that what drifts in them is found is shown in test_checks.py."""
    with pytest.MonkeyPatch.context() as patch:
        if not EVERY:
            patch.setattr("perfkit.testing._SOAK_S", 0.02)
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


@pytest.fixture(scope="module")
def load() -> Load:
    """Loads a target once for all of its recipes in a row."""
    return lru_cache(maxsize=1)(lambda target: CatalogSource((), target, seed=0))


@pytest.fixture(scope="module")
def check(load: Load) -> Check:
    """`check_recipe` on a target that is loaded already."""
    return lambda entry: check_loaded(entry, lambda: load(entry.recipe.target), quick=not EVERY)


@pytest.mark.slow
@pytest.mark.parametrize("entry", REJECTED)
def test_what_is_listed_as_rejected_is_rejected(entry: RecipeEntry, check: Check) -> None:
    with pytest.raises(AssertionError, match=f"^{re.escape(entry.recipe.full_id)} on "):
        check(entry)


@pytest.mark.slow
@pytest.mark.parametrize("entry", PROVEN)
def test_it_is_proven_and_its_proof_refuses_mutants(entry: RecipeEntry, check: Check) -> None:
    checked = check(entry)

    # a slow workload is called for seconds, not for a number of calls; nor is it called often where one proof must do
    assert checked.calls > (30 if EVERY and entry.recipe.target not in SLOW_TARGETS else 15)
    assert checked.mutants >= 2
    assert checked.exercised


@pytest.mark.slow
@pytest.mark.parametrize("entry", COMPARED)
def test_a_call_on_every_workload_is_right_and_mutants_of_it_are_refused(entry: RecipeEntry, load: Load) -> None:
    entry.check_available()
    name, on = entry.recipe.full_id, tuple(f"{entry.recipe.target}/{r}" for r in sorted(entry.recipe.requires))
    with threadpool_limits(1), kept():
        loaded = load(entry.recipe.target)
        rule, mutants = loaded.rule([name], seam=False), 0
        workloads = [w.id for w in loaded.entry.able]
        for workload in workloads:
            acquaint(loaded, workload)
        for workload in workloads:
            size = loaded.proof_size(workload)
            proof = Prove(workload=workload, on=on, recipes=(name,), at_size=False, soak_s=0.0)
            assert compare_once(loaded, proof, size).checked_calls == 1
            if not mutants:
                pair = [loaded.macro(workload, size, recipes) for recipes in (on, (*on, name))]
                mutants = refuse_mutants(name, pair[0], pair[1], rule, loaded.seed)
                for subject in pair:
                    subject.close()
        loaded.shared_state.check("after the last call")

    assert mutants >= 2


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
def test_explain_tells_all_of_it(perfkit_here: Any, entry: RecipeEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfkit.api.open_catalogs", lambda extra: FOUND)  # read once for all of them
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
