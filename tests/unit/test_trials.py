"""The effects that trust.py plants are what they are said to be, and identical code is a function of its own."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import Catalog, load_recipe, load_target, open_catalogs


@pytest.fixture(scope="module")
def trials(repository: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "benchmarks"))
        yield importlib.import_module("trials.plan")


@pytest.fixture(scope="module")
def catalogue(trials: Any, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    found = open_catalogs([trials.catalogue.write(tmp_path_factory.mktemp("trials") / "catalogue")], installed=False)
    assert not found.broken
    return found


def tables(catalogue: Catalog, recipe: str) -> tuple[Any, Any]:
    """A target's table as it is, and with a recipe."""
    entry = catalogue.recipe(recipe)
    ops = load_target(catalogue.target(entry.recipe.target)).ops()
    return ops, load_recipe(entry).apply(ops)


@pytest.mark.parametrize("target", ["glassboxpasses", "compressorpasses"])
@pytest.mark.parametrize("more", [0, 1])
def test_a_candidate_makes_so_many_passes_more(catalogue: Catalog, trials: Any, target: str, more: int) -> None:
    made: list[int] = []
    before, after = tables(catalogue, trials.catalogue.passes_id(target, more, 0))

    assert [len(made) for ops in (before, after) if ops.work(made.append, 1, 100) is None] == [100, 200 + more]
    assert after.work is not before.work


@pytest.mark.parametrize("effect", ["same", "0.2", "0.5", "1", "2", "5"])
def test_own_work_has_so_many_units_more(catalogue: Catalog, trials: Any, effect: str) -> None:
    class Data:
        units = 0

        def __iter__(self) -> Iterator[float]:
            Data.units += 1
            return iter((1.0,))

    counted = []
    for ops in tables(catalogue, trials.catalogue.full_id("python", effect, 0)):
        Data.units = 0
        ops.work(Data())
        counted.append(Data.units)

    percent = 0.0 if effect == "same" else float(effect)
    assert counted[1] / counted[0] == pytest.approx(1 + percent / 100, rel=1e-12)


def test_identical_code_lies_elsewhere_and_a_slower_candidate_runs_its_baselines(
    catalogue: Catalog, trials: Any
) -> None:
    same, slower = (tables(catalogue, trials.catalogue.full_id("python", effect, 0)) for effect in ("same", "1"))

    assert same[1].work.__code__ is not same[0].work.__code__
    assert slower[1].work.__code__ is slower[0].work.__code__


@pytest.mark.parametrize("target", ["glassbox", "compressor"])
def test_the_copies_of_real_seams_are_the_same_code(catalogue: Catalog, trials: Any, target: str) -> None:
    before, after = tables(catalogue, trials.catalogue.same_id(target, 0))

    for seam in trials.catalogue.SEAMS[target]:
        one, other = getattr(before, seam), getattr(after, seam)
        assert one is not other
        assert one.__code__ is not other.__code__
        assert one.__code__ == other.__code__


def test_every_planned_session_names_what_the_catalogue_holds(catalogue: Catalog, trials: Any) -> None:
    for one in trials.sessions():
        workload = catalogue.target(one.target).workload(one.workload)
        assert one.size is None or one.size in workload.sizes
        for recipe, _ in one.candidates:
            assert catalogue.recipe(recipe).recipe.target == one.target


def test_the_passes_of_a_session_make_its_effect(trials: Any) -> None:
    for one in trials.sessions():
        if one.target.endswith("passes") and one.changed:
            assert 100 / int(one.size.rpartition("-")[2]) == pytest.approx(float(one.effect))
