"""A target or workload whose library is missing: said in one line where it is named, and in nobody else's way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import Catalog, open_catalogs
from perfkit.comparison.plan import set_up
from perfkit.errors import CatalogError, PerfkitError
from perfkit.profiling.run import chosen
from perfkit.target import Target, Workload

OPS = 'KINDS = {"outer": "call"}\n'
TARGET = """
TARGET = Target(id="toy", summary="a toy", ops=Ops, workloads=(
    Workload(id="run", summary="run it", data=data),
    Workload(id="embed", summary="embed it", data=data),
))
"""
RECIPE = """
'''Make it fast.'''
RECIPE = Recipe(id="fast", target="toy", touches={"outer"}, apply=change, equivalence=exact())
"""
REMEDY = "pip install 'numbb>=1' (numbb is not installed)"
OF_TARGET = ('summary="a toy"', 'summary="a toy", needs={"numbb": "numbb>=1", "json": "python"}')
OF_WORKLOAD = ('summary="embed it"', 'summary="embed it", needs={"numbb": "numbb>=1"}')
Make = Callable[..., Catalog]


@pytest.fixture
def catalogue(tmp_path: Path) -> Make:
    """A catalogue of `toy`, some words of whose file are replaced."""

    def make(*changes: tuple[str, str], recipe: tuple[str, str] = ("", "")) -> Catalog:
        text = TARGET
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        files = {"sample_targets/toy/ops.py": OPS, "sample_targets/toy/target.py": text}
        for name, content in {**files, "recipes/toy/fast.py": RECIPE.replace(*recipe)}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
        return open_catalogs([tmp_path], installed=False)

    return make


def planned(found: Catalog, **words: Any) -> Any:
    usual: dict[str, Any] = {"every": False, "workload": None, "size": None}
    return set_up(found, "toy", [] if words.get("every") else ["fast"], **{**usual, **words})


def test_what_a_target_needs_is_read_without_running_it(catalogue: Make) -> None:
    target = catalogue(OF_TARGET).target("toy")

    assert (target.needs, target.unavailable) == ({"numbb": "numbb>=1", "json": "python"}, REMEDY)
    assert [w.unavailable for w in target.workloads] == ["", ""]


def test_a_target_that_needs_nothing_or_has_it_is_available(catalogue: Make) -> None:
    target = catalogue(('summary="a toy"', 'summary="a toy", needs={"json": "python"}')).target("toy")

    assert target.unavailable == ""
    target.check_available("embed")


def test_its_recipes_lack_what_it_lacks_and_what_they_need_themselves(catalogue: Make) -> None:
    more = ("apply=change", 'apply=change, needs={"trtn": "trtn"}')
    found = catalogue(OF_TARGET, recipe=more)

    both = "pip install 'numbb>=1' trtn (numbb and trtn are not installed)"
    assert found.recipe("toy/fast").unavailable == both
    assert found.recipe("rope-cache").unavailable == ""


@pytest.mark.parametrize(
    "ask",
    [
        lambda found: planned(found),
        lambda found: planned(found, every=True),
        lambda found: planned(found, workload="run"),
        lambda found: chosen(found, "toy", None, None, ()),
        lambda found: chosen(found, "toy", None, None, ("fast",)),
        lambda found: found.recipe("fast").check_available(),
    ],
    ids=["compare", "compare --all", "compare --workload", "profile", "profile --recipe", "its own test"],
)
def test_whoever_names_it_is_told_what_to_install(catalogue: Make, ask: Callable[[Catalog], object]) -> None:
    with pytest.raises(PerfkitError, match=r"^toy(/fast)? is unavailable: ") as told:
        ask(catalogue(OF_TARGET))

    assert told.value.message.endswith(REMEDY)
    assert told.value.code == 1


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        ("NEEDS", "needs must be a literal"),
        ('("numbb",)', "needs must be module -> what pip calls it"),
        ('{"numbb": 3}', "needs must be module -> what pip calls it"),
        ('{"numbb": "--index-url x"}', "needs must be module -> what pip calls it"),
        ('{"no module": "numbb"}', "needs must be module -> what pip calls it"),
    ],
)
@pytest.mark.parametrize("place", ['summary="a toy"', 'summary="embed it"'], ids=["target", "workload"])
def test_needs_that_cannot_be_read_break_the_target_and_nothing_else(
    catalogue: Make, place: str, needs: str, says: str
) -> None:
    found = catalogue((place, f"{place}, needs={needs}"))

    (error,) = found.broken
    assert says in error.message
    assert error.hint
    with pytest.raises(CatalogError, match="needs must be"):
        found.target("toy")
    assert found.target("glassbox")


@pytest.mark.parametrize("make", [Target, Workload])
def test_they_are_held_to_the_same_where_the_target_is_loaded(make: Any) -> None:
    words = {"ops": dict, "workloads": ()} if make is Target else {"data": None, "call": None}

    assert make(id="t", summary="", **words, needs={"numba": "numba>=0.61"}).needs == {"numba": "numba>=0.61"}
    with pytest.raises(ValueError, match="needs must be module"):
        make(id="t", summary="", **words, needs={"numba": "-e ."})


def test_a_workload_that_lacks_a_module_is_told_to_whoever_names_it(catalogue: Make) -> None:
    found = catalogue(OF_WORKLOAD)

    for ask in (lambda: planned(found, workload="embed"), lambda: chosen(found, "toy", "embed", None, ())):
        with pytest.raises(PerfkitError, match=r"^toy/embed is unavailable: ") as told:
            ask()
        assert told.value.message.endswith(REMEDY)


def test_the_other_workloads_are_measured_and_what_is_not_proven_is_said(catalogue: Make) -> None:
    found = catalogue(OF_WORKLOAD)
    plan = planned(found, workload="all")

    assert plan.workloads(plan.variants[0]) == ("run",)
    assert plan.lacking(plan.variants[0], ()) == ""
    assert plan.unproven == (f"nothing is proven on embed, which is unavailable: {REMEDY}",)
    assert planned(catalogue(), workload="all").unproven == ()


def test_a_recipe_of_that_workload_is_unavailable_there_and_not_elsewhere(catalogue: Make) -> None:
    found = catalogue(OF_WORKLOAD, recipe=("apply=change", 'apply=change, workload="embed"'))
    usual, elsewhere = planned(found, every=True), planned(found, workload="run")

    assert usual.lacking(usual.variants[0], ()) == f"unavailable: embed needs {REMEDY}"
    assert usual.measurable(usual.variants[0]) == ()
    assert elsewhere.measurable(elsewhere.variants[0]) == ((),)


def test_a_suggested_target_is_one_that_runs(catalogue: Make) -> None:
    for change, suggested in (((), "toy"), ((OF_TARGET,), "glassbox")):
        found = catalogue(*change)
        found = replace(found, targets=(found.target("toy"), found.target("glassbox")))
        with pytest.raises(PerfkitError, match="--all needs a target") as told:
            set_up(found, None, [], every=True, workload=None, size=None)
        assert told.value.hint == f"perfkit compare {suggested} --all"
