"""Several catalogues at once: installed packages, folders that are named, and perfkit's own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfkit.catalog import load_recipe, load_target, open_catalogs
from perfkit.errors import CatalogError, UsageError
from perfkit.recipe import compose
from perfkit.report.visible import one_line

OPS = """
from dataclasses import dataclass
KINDS = {"outer": "call"}
def slow(x): return x + 1
@dataclass(frozen=True)
class Ops:
    outer: object = slow
"""
TARGET = """
from perfkit.target import Target, Workload
from .ops import Ops
TARGET = Target(id="%s", summary="made up", ops=Ops, workloads=(
    Workload(id="run", summary="run it", data=lambda shared, rng: 1, call=lambda ops: ops.outer),
))
"""
RECIPE = '''"""Made up."""
from dataclasses import replace
from perfkit.recipe import Recipe, exact
%s
def quick(x): return 1 + slow(x) - 1
RECIPE = Recipe(
    id="%s", target="%s", touches={"outer"}, apply=lambda ops: replace(ops, outer=quick), equivalence=exact(),
)
'''
RELATIVE = "from ...{targets}.{target}.ops import slow"
Install = Callable[..., Path]


def fill(root: Path, target: str, *recipes: str, targets: str = "targets", imports: str = RELATIVE) -> Path:
    """Write a target and recipes below `root`."""
    words = imports.format(targets=targets, target=target)
    files = {f"{targets}/{target}/ops.py": OPS, f"{targets}/{target}/target.py": TARGET % target}
    files |= {f"recipes/{target}/{name.replace('-', '_')}.py": RECIPE % (words, name, target) for name in recipes}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def named(root: Path, target: str, *recipes: str) -> Path:
    return fill(root, target, *recipes, targets="sample_targets")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install("pack", {"perfkit.recipes": "pack.recipes"})`: as pip leaves it; returns the package's folder."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    before = set(sys.modules)

    def make(package: str, points: dict[str, str] | None = None) -> Path:
        if points is None:
            points = {"perfkit.recipes": f"{package}.recipes", "perfkit.targets": f"{package}.targets"}
        info = site / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
        text = "".join(f"[{group}]\nit = {value}\n" for group, value in points.items())
        (info / "entry_points.txt").write_text(text, encoding="utf-8")
        (site / package).mkdir()
        (site / package / "__init__.py").write_text("", encoding="utf-8")
        return site / package

    yield make
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_an_installed_package_is_listed_without_being_imported(install: Install) -> None:
    folder = fill(install("pack"), "toy", "fast")
    (folder / "__init__.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    found = open_catalogs()

    assert found.recipe("toy/fast").module == "pack.recipes.toy.fast"
    assert found.target("toy").module == "pack.targets.toy.target"
    assert found.broken == ()
    assert found.target("glassbox")
    assert "pack" not in sys.modules


@pytest.mark.parametrize("imports", [RELATIVE, "from pack.{targets}.{target}.ops import slow"])
def test_it_loads_under_its_own_name_and_once(install: Install, imports: str) -> None:
    fill(install("pack"), "toy", "fast", imports=imports)
    found = open_catalogs()
    target, recipe = load_target(found.target("toy")), load_recipe(found.recipe("fast"))

    assert importlib.import_module("pack.recipes.toy.fast").RECIPE is recipe
    assert sys.modules["pack.targets.toy.ops"].Ops is target.ops
    assert compose(target.ops(), [recipe], {}).outer(41) == 42


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("absent.recipes", "names a package that is not there"),
        ("pack.absent", "names a package that is not there"),
        ("pack.module", "names a package that is not there"),
        ("pack.recipes:RECIPES", "does not name a package"),
        ("pack/recipes", "does not name a package"),
        ("..recipes", "does not name a package"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_named_and_the_rest_works(install: Install, value: str, says: str) -> None:
    (install("pack", {"perfkit.recipes": value}) / "module.py").write_text("", encoding="utf-8")
    fill(install("sound"), "toy", "fast")
    found = open_catalogs()

    (error,) = found.broken
    assert error.message == f"pack: its entry point perfkit.recipes: it = {value!r} {says}"
    assert error.hint
    assert found.recipe("toy/fast")
    assert found.recipe("rope-cache")


@pytest.mark.parametrize("damage", [b"[perfkit.recipes]\nnonsense\n", b"\xff\xfe"])
def test_a_damaged_package_of_any_purpose_is_named_and_the_rest_works(install: Install, damage: bytes) -> None:
    info = install("damaged", {}).with_name("damaged-1.0.dist-info")
    (info / "entry_points.txt").write_bytes(damage)
    fill(install("sound"), "toy", "fast")
    found = open_catalogs()

    (error,) = found.broken
    assert error.message.startswith(f"{info}: the entry points cannot be read: ")
    assert found.recipe("toy/fast")
    assert found.recipe("rope-cache")


def test_a_broken_file_of_a_package_is_named_and_the_rest_works(install: Install) -> None:
    folder = fill(install("pack"), "toy", "fast", "torn")
    (folder / "recipes/toy/torn.py").write_text("RECIPE = (\n", encoding="utf-8")
    found = open_catalogs()

    assert [str(folder / "recipes/toy/torn.py:1") in e.message for e in found.broken] == [True]
    assert found.recipe("fast")
    with pytest.raises(CatalogError, match=r"torn\.py:1: "):
        found.recipe("torn")


def test_the_files_of_one_target_alone_are_read(tmp_path: Path) -> None:
    root = named(tmp_path / "a", "two", "fast", "torn")
    named(root, "three", "slow")
    (root / "recipes" / "two" / "torn.py").write_text("RECIPE = (")
    (root / "recipes" / "three" / "slow.py").write_text("RECIPE = (")
    found = open_catalogs([root], installed=False, target="two")

    assert [entry.id for entry in found.targets] == ["two"]
    assert [entry.recipe.full_id for entry in found.recipes] == ["two/fast"]
    assert [error.about for error in found.broken] == [("recipe", "two/torn")]


def test_two_named_folders_and_a_package_stand_side_by_side(install: Install, tmp_path: Path) -> None:
    fill(install("pack"), "one", "fast")
    roots = [named(tmp_path / "a", "two", "fast"), named(tmp_path / "b", "three", "fast")]
    found = open_catalogs(roots)
    recipes = {t: load_recipe(found.recipe(f"{t}/fast")) for t in ("one", "two", "three")}

    for name, recipe in recipes.items():
        ops = load_target(found.target(name)).ops()
        assert recipe.target == name
        assert compose(ops, [recipe], {}).outer(41) == 42
    assert len({found.recipe(f"{t}/fast").module.partition(".")[0] for t in recipes}) == 3
    with pytest.raises(UsageError, match="one/fast, three/fast, two/fast"):
        found.recipe("fast")


def test_one_folder_by_package_and_by_name_is_one_catalogue_under_the_packages_name(install: Install) -> None:
    folder = named(install("pack", {"perfkit.recipes": "pack.recipes"}), "toy", "fast")
    before = set(sys.modules)
    found = open_catalogs([folder])

    assert found.recipe("fast").module == "pack.recipes.toy.fast"
    assert found.target("toy").module == "pack.sample_targets.toy.target"
    assert compose(load_target(found.target("toy")).ops(), [load_recipe(found.recipe("fast"))], {}).outer(1) == 2
    assert [name for name in set(sys.modules) - before if name.startswith("perfkit_catalog_")] == []


def test_perfkits_own_folder_named_is_its_own_catalogue(repository: Path) -> None:
    found = open_catalogs([repository])

    assert found == open_catalogs()
    assert found.recipe("rope-cache").module == "perfkit.recipes.glassbox.rope_cache"


def test_an_id_of_two_folders_that_are_named_is_refused(tmp_path: Path) -> None:
    one, two = named(tmp_path / "a", "toy", "fast"), named(tmp_path / "b", "joy", "fast")
    fill(two, "toy", "fast")
    with pytest.raises(UsageError, match="two files define the recipe toy/fast: ") as caught:
        open_catalogs([one, two])
    assert str(one) in caught.value.message
    assert str(two) in caught.value.message


@pytest.mark.parametrize("kind", ["recipe", "target"])
def test_an_id_of_perfkits_own_is_refused_to_a_folder_that_is_named(tmp_path: Path, kind: str) -> None:
    root = named(tmp_path / "a", "glassbox", *(["rope-cache"] if kind == "recipe" else []))
    if kind == "recipe":
        (root / "sample_targets/glassbox/target.py").unlink()
    with pytest.raises(UsageError, match=f"two files define the {kind} glassbox"):
        open_catalogs([root])


@pytest.mark.parametrize("rival", ["named", "installed"])
def test_an_id_that_a_package_shares_is_nobodys_and_all_else_works(
    install: Install, tmp_path: Path, rival: str
) -> None:
    target, name = "toy", "same"
    pack = fill(install("pack"), target, name, "sole")
    (pack / "targets/toy/target.py").unlink()
    extra = [named(tmp_path / "mine", target, name)] if rival == "named" else []
    if rival == "installed":
        fill(install("rival"), target, name)
    found = open_catalogs(extra)
    other = {"named": str(tmp_path / "mine"), "installed": "site/rival"}[rival]

    (error,) = found.broken
    assert f"two files define the recipe {target}/{name}: " in error.message
    assert str(pack) in error.message
    assert other in error.message
    for asked in (name, f"{target}/{name}"):
        with pytest.raises(CatalogError, match="two files define"):
            found.recipe(asked)
    assert found.recipe("sole")
    assert found.recipe("einsum-optimize")
    assert found.target(target)


def test_a_target_that_two_packages_share_is_nobodys_and_three_files_are_three(install: Install) -> None:
    for pack in ("one", "two", "three"):
        fill(install(pack), "toy", pack)
    found = open_catalogs()

    with pytest.raises(CatalogError, match="3 files define the target toy: "):
        found.target("toy")
    assert found.target("glassbox")
    assert found.recipe("rope-cache")


def test_what_is_perfkits_own_stays_so_and_the_stranger_is_named(install: Install) -> None:
    packs = [fill(install(name), "glassbox", "rope-cache") for name in ("one", "two")]
    found = open_catalogs()

    assert found.target("glassbox").module == "perfkit.sample_targets.glassbox.target"
    assert found.recipe("rope-cache").module == "perfkit.recipes.glassbox.rope_cache"
    assert sorted(e.message for e in found.broken) == sorted(
        [f"{pack}/targets/glassbox/target.py: the target glassbox is perfkit's own" for pack in packs]
        + [f"{pack}/recipes/glassbox/rope_cache.py: the recipe glassbox/rope-cache is perfkit's own" for pack in packs]
    )
    assert {e.hint for e in found.broken} == {"rename it, or uninstall its package"}


def test_a_strangers_recipe_is_held_against_perfkits_own_target(install: Install) -> None:
    fill(install("pack"), "glassbox", "fast")

    with pytest.raises(CatalogError, match=r"no seam of glassbox \(in touches\) is called 'outer'"):
        open_catalogs().recipe("fast")


NAMES = [
    ("toy/My Idea.py", "'My Idea' is no recipe id"),
    ("toy/MyIdea.py", "'MyIdea' is no recipe id"),
    ("toy/a.b.py", "'a.b' is no recipe id"),
    ("toy/a__b.py", "'a--b' is no recipe id"),
    ("toy/trailing_.py", "'trailing-' is no recipe id"),
    ("toy/id\x1b[31m.py", r"'id\x1b[31m' is no recipe id"),
    ("toy/two\nlines.py", r"'two\nlines' is no recipe id"),
    ("toy/a..b.py", "'a..b' is no recipe id"),
    ("toy/idée.py", "'idée' is no recipe id"),
    ("T oy/fine.py", "'T oy' is no target id"),
    ("a..b/fine.py", "'a..b' is no target id"),
]


@pytest.mark.parametrize(("name", "says"), NAMES, ids=[repr(n) for n, _ in NAMES])
def test_a_file_whose_name_is_no_id_is_named_and_nothing_in_it_reaches_the_terminal(
    tmp_path: Path, name: str, says: str
) -> None:
    root = named(tmp_path / "mine", "toy", "fast")
    path = root / "recipes" / name
    path.parent.mkdir(exist_ok=True)
    stem, folder = path.stem.replace("_", "-"), path.parent.name
    path.write_text(RECIPE % ("", stem, folder), encoding="utf-8")
    found = open_catalogs([root])

    (error,) = found.broken
    assert says in one_line(error.message)
    assert one_line(error.message).isprintable()
    assert found.recipe("fast")


def test_a_target_whose_folder_is_no_id_is_named(tmp_path: Path) -> None:
    root = named(tmp_path / "mine", "To y")
    fill(root, "toy", targets="sample_targets")

    (error,) = open_catalogs([root]).broken
    assert "'To y' is no target id" in error.message
    assert open_catalogs([root]).target("toy")


def linked(root: Path, name: str, goal: Path) -> None:
    (root / name).unlink(missing_ok=True)
    (root / name).symlink_to(goal)


@pytest.mark.parametrize(
    "name", ["recipes/toy/fast.py", "sample_targets/toy/target.py", "sample_targets/toy/ops.py", "recipes/toy/new.py"]
)
def test_a_link_that_leads_out_of_a_named_catalogue_is_refused(tmp_path: Path, name: str) -> None:
    root, other = (named(tmp_path / n, "toy", "fast", "sole") for n in ("mine", "other"))
    goal = other / name
    if not goal.exists():
        goal = tmp_path / "nowhere.py"
    linked(root, name, goal)
    found = open_catalogs([root])

    (error,) = found.broken
    assert f"lies outside its catalogue, at {goal}" in error.message
    assert found.recipe("sole")


def test_a_folder_of_recipes_that_leads_out_of_a_named_catalogue_is_refused(tmp_path: Path) -> None:
    root, other = (named(tmp_path / n, t, "fast") for n, t in (("mine", "toy"), ("other", "joy")))
    (root / "recipes" / "joy").symlink_to(other / "recipes" / "joy")
    found = open_catalogs([root])

    assert ["lies outside" in e.message for e in found.broken] == [True]
    assert found.recipe("toy/fast")


def test_a_link_within_a_named_catalogue_is_followed(tmp_path: Path) -> None:
    root = named(tmp_path / "mine", "toy", "fast")
    (root / "kept").mkdir()
    (root / "recipes/toy/fast.py").rename(root / "kept/fast.py")
    linked(root, "recipes/toy/fast.py", root / "kept/fast.py")

    assert open_catalogs([root]).recipe("fast")


def test_the_links_of_an_installer_are_its_own_affair(install: Install, tmp_path: Path) -> None:
    folder = fill(install("pack"), "toy", "fast")
    (folder / "recipes/toy/fast.py").rename(tmp_path / "cached.py")
    linked(folder, "recipes/toy/fast.py", tmp_path / "cached.py")

    assert open_catalogs().recipe("fast")


@pytest.mark.parametrize("what", ["file", "missing", "empty folder", "recipes is a file"])
def test_what_is_no_catalogue_is_refused_with_a_remedy(tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    if what == "file":
        place.write_text("", encoding="utf-8")
    elif what != "missing":
        place.mkdir()
    if what == "recipes is a file":
        (place / "recipes").write_text("", encoding="utf-8")

    with pytest.raises(CatalogError, match=f"{place} is not a catalogue") as caught:
        open_catalogs([place])
    assert "recipes/<target>" in caught.value.hint
