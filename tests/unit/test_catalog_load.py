"""Loading what was listed: the only place that imports by name."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfkit.catalog import RecipeEntry, load_recipe, load_target, open_catalogs
from perfkit.errors import CatalogError
from perfkit.recipe import compose

FILES = {
    "sample_targets/toy/ops.py": """
from dataclasses import dataclass
TREE = {}
KINDS = {"outer": "call"}
def slow(x): return x + 1
@dataclass(frozen=True)
class Ops:
    outer: object = slow
""",
    "sample_targets/toy/target.py": """
from perfkit.target import Target, Workload
from .ops import Ops
TARGET = Target(id="toy", summary="a toy", ops=Ops, workloads=(
    Workload(id="run", summary="run it", shared=None, build=None, data=None, call=None),
))
""",
    "recipes/toy/make_fast.py": '''
"""Make it fast."""
from dataclasses import replace
from perfkit.recipe import Claim, Recipe, exact
from ...sample_targets.toy.ops import Ops, slow
def quick(x): return 1 + slow(x) - 1
RECIPE = Recipe(
    id="make-fast", target="toy", touches={"outer"}, apply=lambda ops: replace(ops, outer=quick),
    claim=Claim(text="2x", measure="speed-up", low=1.5, high=2, workload="run", source="notes"),
    equivalence=exact(),
)
''',
}
Change = Callable[..., RecipeEntry]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A working catalogue outside perfkit; what a test imports is forgotten afterwards."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def change(root: Path) -> Change:
    """List the recipe again after text of its file was replaced."""

    def again(old: str, new: str) -> RecipeEntry:
        text = FILES["recipes/toy/make_fast.py"]
        assert old in text
        (root / "recipes/toy/make_fast.py").write_text(text.replace(old, new), encoding="utf-8")
        return open_catalogs([root]).recipe("make-fast")

    return again


def test_a_recipe_outside_perfkit_is_loaded_with_its_relative_imports(root: Path) -> None:
    catalog = open_catalogs([root])
    target, recipe = load_target(catalog.target("toy")), load_recipe(catalog.recipe("make-fast"))
    ops = target.ops()

    assert compose(ops, [recipe], {}).outer(41) == ops.outer(41) == 42
    assert type(ops).__module__ == sys.modules[catalog.target("toy").module].__package__ + ".ops"


def test_two_catalogues_with_equal_names_do_not_share_modules(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    for name, text in FILES.items():
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_text(text.replace("toy", "joy"), encoding="utf-8")
    (other / "recipes/toy").rename(other / "recipes/joy")
    (other / "sample_targets/toy").rename(other / "sample_targets/joy")
    catalog = open_catalogs([root, other])
    one, two = load_recipe(catalog.recipe("toy/make-fast")), load_recipe(catalog.recipe("joy/make-fast"))

    assert (one.target, two.target) == ("toy", "joy")
    names = {catalog.recipe(f"{t}/make-fast").module.partition(".")[0] for t in ("toy", "joy")}
    assert len(names) == 2
    assert "perfkit" not in names


def test_loading_twice_runs_the_file_once(root: Path) -> None:
    entry = open_catalogs([root]).recipe("make-fast")

    assert load_recipe(entry) is load_recipe(entry)


def test_perfkits_own_recipes_load_under_their_only_name() -> None:
    entry = open_catalogs().recipes[0]
    load_recipe(entry)

    assert entry.module.startswith("perfkit.recipes.")
    assert entry.module in sys.modules


@pytest.mark.parametrize(
    ("field", "later"),
    [
        ("status", "status='rejected'"),
        ("touches", "touches={'outer', 'inner'}"),
        ("equivalence", "equivalence=close(rtol=0.01, why='x')"),
        ("claim", "claim=replace(RECIPE.claim, low=0.1)"),
        ("id", "id='other'"),
    ],
)
def test_a_recipe_that_is_not_what_its_file_says_is_refused(field: str, later: str, change: Change) -> None:
    entry = change(
        "    equivalence=exact(),\n)", f"    equivalence=exact(),\n)\nglobals().update(X=replace(RECIPE, {later}))"
    )
    entry.path.write_text(entry.path.read_text().replace("X=", "RECIPE=").replace("exact\n", "close, exact\n"))

    with pytest.raises(CatalogError, match=f"{field} is not what the file says literally"):
        load_recipe(entry)


def test_literals_the_listing_could_not_see_are_refused(change: Change) -> None:
    entry = change("    equivalence=exact(),\n", "    equivalence=exact(), **{'status': 'rejected'},\n")

    assert entry.recipe.status == "documented"
    with pytest.raises(CatalogError, match="status is not what the file says literally"):
        load_recipe(entry)


def test_a_file_whose_recipe_is_no_recipe_is_refused(change: Change) -> None:
    entry = change("    equivalence=exact(),\n)", "    equivalence=exact(),\n)\nglobals().update(RECIPE=1)")

    with pytest.raises(CatalogError, match="RECIPE is not a Recipe"):
        load_recipe(entry)


def test_a_file_whose_target_is_no_target_is_refused(root: Path) -> None:
    path = root / "sample_targets/toy/target.py"
    path.write_text(FILES["sample_targets/toy/target.py"] + "globals().update(TARGET=1)\n")

    with pytest.raises(CatalogError, match="TARGET is not a Target"):
        load_target(open_catalogs([root]).target("toy"))


def test_a_recipe_loaded_under_a_second_name_is_refused(root: Path) -> None:
    entry = open_catalogs([root]).recipe("make-fast")
    entry.path.write_text("X = 1\n")
    spec = importlib.util.spec_from_file_location("recipes.toy.make_fast", entry.path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["recipes.toy.make_fast"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    with pytest.raises(CatalogError, match=r"already loaded as recipes\.toy\.make_fast") as caught:
        load_recipe(entry)
    assert entry.module in caught.value.hint
    assert entry.module not in sys.modules


def test_a_second_name_is_seen_through_a_link(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("links") / "linked"
    link.symlink_to(root)
    direct, linked = open_catalogs([root]).recipe("make-fast"), open_catalogs([link]).recipe("make-fast")

    assert direct.module == linked.module
    assert load_recipe(direct) is load_recipe(linked)
