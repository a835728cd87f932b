"""A target whose folder is two words, `two_words`, has the id `two-words` wherever it is named."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import perfkit.profiling.run as profiling
from perfkit.catalog import load_recipe, open_catalogs
from perfkit.testing import check_recipe
from perfkit.worker.inline import InlineWorker

pytestmark = pytest.mark.slow

QUICK = ("--size", "tiny", "--processes", "2", "--budget", "0.1s", "--seed", "1", "--json", "-")


@pytest.fixture
def catalog(toy_catalog: Any) -> Path:
    """The toy target, and a recipe of it, in a folder of two words."""
    root: Path = toy_catalog(quick_cube=("cube", "def make():\n    return lambda x: cube(x)\n"))
    for part in ("recipes", "sample_targets"):
        (root / part / "toy").rename(root / part / "two_words")
    recipe, target = root / "recipes/two_words/quick_cube.py", root / "sample_targets/two_words/target.py"
    text = recipe.read_text(encoding="utf-8").replace("sample_targets.toy", "sample_targets.two_words")
    recipe.write_text(text.replace('target="toy"', 'target="two-words"'), encoding="utf-8")
    target.write_text(target.read_text(encoding="utf-8").replace('id="toy"', 'id="two-words"'), encoding="utf-8")
    return root


def test_it_is_listed_and_explained_by_its_id(perfkit_here: Any, catalog: Path) -> None:
    listed = perfkit_here("list", "--catalog", catalog)
    explained = perfkit_here("explain", "two-words/quick-cube", "--catalog", catalog)

    assert listed.stderr == ""
    assert re.search(r"^recipes of two-words\n  quick-cube ", listed.stdout, re.M)
    assert explained.stdout.startswith("two-words/quick-cube\n")


@pytest.fixture
def lacking(catalog: Path) -> Path:
    """As `catalog`, with a workload more, which needs what nobody has."""
    path = catalog / "sample_targets/two_words/target.py"
    more = 'Workload(id="embed", summary="", data=data, call=lambda model: model.gone, needs={"numbb": "numbb>=1"})'
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("workloads=(\n", f"workloads=(\n        {more},\n"), encoding="utf-8")
    return catalog


def test_its_own_test_passes_by_a_workload_that_lacks_a_module(lacking: Path) -> None:
    assert check_recipe("two-words/quick-cube", catalog=lacking).exercised == ("run",)


def test_it_is_compared_by_its_id_past_a_workload_that_lacks_a_module(perfkit_inline: Any, lacking: Path) -> None:
    words = ("--all", "--workload", "all", "--catalog", lacking)
    run = perfkit_inline("compare", "two-words", *words, *QUICK)

    assert run.rc == 0
    assert {(row["target"], *row["recipes"]) for row in run.json["results"]} == {("two-words", "two-words/quick-cube")}
    assert {row["workload"] for row in run.json["results"]} == {"run"}
    assert all(row["proof"]["passed"] for row in run.json["results"])
    said = "nothing is proven on embed, which is unavailable: pip install 'numbb>=1' (numbb is not installed)"
    assert said in run.json["warnings"]


def test_it_is_profiled_by_its_id(perfkit_here: Any, catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiling, "Session", partial(profiling.Session, start=InlineWorker, at_once=1))
    words = ("--with", "cprofile", "--duration", "50ms", "--json", "-")
    run = perfkit_here("profile", "two-words", "--catalog", catalog, *words)

    assert (run.rc, run.json["target"]) == (0, "two-words")
    assert {spot["seam"] for spot in run.json["hotspots"]} >= {"cube", "mix"}
    assert [advice["recipe"] for advice in run.json["advice"]] == ["quick-cube"]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["compare", "two_words", "--all"], "two-words"),
        (["profile", "two_words"], "two-words"),
        (["new", "recipe", "two_words", "my-idea", "--seam", "cube"], "two-words"),
        (["compare", "--recipe", "two_words/quick_cube"], "two-words/quick-cube"),
        (["explain", "quick_cube"], "quick-cube"),
    ],
    ids=["compare", "profile", "new", "full name", "recipe"],
)
def test_the_folders_or_files_name_suggests_the_id(
    perfkit_here: Any, catalog: Path, words: list[str], meant: str
) -> None:
    run = perfkit_here(*words, "--catalog", catalog)

    assert run.rc == 2
    assert f"hint: did you mean {meant}" in run.stderr


def test_a_new_recipe_for_it_goes_into_its_folder_and_works(perfkit_here: Any, catalog: Path) -> None:
    run = perfkit_here("new", "recipe", "two-words", "my-idea", "--seam", "cube", "--catalog", catalog)

    assert run.lines[0] == f"wrote {catalog}/recipes/two_words/my_idea.py"
    assert load_recipe(open_catalogs([catalog]).recipe("two-words/my-idea")).touches == {"cube"}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("sample_targets/two_words/target.py", "id must be 'two-words', as the folder is named"),
        ("recipes/two_words/quick_cube.py", "id and target must be 'quick-cube' and 'two-words'"),
    ],
)
def test_a_file_that_says_the_folders_name_is_told_the_id(catalog: Path, file: str, said: str) -> None:
    path = catalog / file
    path.write_text(path.read_text(encoding="utf-8").replace('"two-words"', '"two_words"'), encoding="utf-8")

    (error,) = open_catalogs([catalog], installed=False).broken
    assert said in error.message
