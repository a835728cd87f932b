"""Catalogues in a temporary folder: what is listed, what is broken, and what a name finds. Nothing is imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from perfkit.catalog import Catalog, open_catalogs
from perfkit.errors import CatalogError, UnknownName, UsageError

OPS = """
TREE = {"outer": ("inner",)}
KINDS = {"outer": "call", "inner": "factory"}
REUSED = ("outer",)
SUMMARIES = {"outer": "the outer seam"}
"""
TARGET = """
TARGET = Target(id="toy", summary="a toy", ops=Ops, workloads=(
    Workload(id="run", summary="run it", data=lambda shared, rng: 1),
    Workload(id="walk", summary="walk", data=lambda shared, rng: 1, sizes=("big", "tiny")),
))
"""
OTHER = '''
"""Something else."""
RECIPE = Recipe(id="other", target="toy", touches={"inner"}, apply=change, equivalence=exact())
'''
RECIPE = '''
"""Make it fast.

More.
"""
RECIPE = Recipe(
    id="make-fast", target="toy", touches={"outer"}, apply=lambda ops: replace(ops, outer=quick),
    claim=Claim(text="2x", measure="speed-up", low=1.5, high=2, workload="run", source="notes", on=("other",)),
    equivalence=close(rtol=1e-6, why="rounding"), status="beyond",
)
'''
Write = Callable[[str, str], Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mine"


@pytest.fixture
def write(root: Path) -> Write:
    """A working catalogue in `root`, to which a test adds files."""

    def add(name: str, text: str) -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    add("sample_targets/toy/ops.py", OPS)
    add("sample_targets/toy/target.py", TARGET)
    add("recipes/toy/make_fast.py", RECIPE)
    add("recipes/toy/other.py", OTHER)
    return add


def mine(root: Path) -> Catalog:
    return open_catalogs([root])


def only_broken(root: Path) -> CatalogError:
    """The one broken file; the working recipe, target and perfkit's own are listed all the same."""
    found = mine(root)
    assert found.target("glassbox").id == "glassbox"
    assert len(found.broken) == 1
    assert found.broken[0].hint
    return found.broken[0]


def test_a_catalogue_is_listed_from_what_its_files_say(root: Path, write: Write) -> None:
    found = mine(root)
    recipe, target = found.recipe("make-fast"), found.target("toy")

    assert (recipe.summary, recipe.recipe.full_id, recipe.recipe.status) == ("Make it fast.", "toy/make-fast", "beyond")
    assert recipe.recipe.claim is not None
    assert recipe.recipe.claim.on == ("other",)
    assert recipe.recipe.equivalence.rtol == 1e-6
    assert target.summary == "a toy"
    assert [(w.id, w.summary, w.sizes) for w in target.workloads] == [
        ("run", "run it", ("small",)),
        ("walk", "walk", ("big", "tiny")),
    ]
    assert target.tree == {"outer": ("inner",), "inner": ()}
    assert (target.seams["outer"].reused, target.seams["inner"].reused) == (True, False)
    assert (target.seams["inner"].kind, target.seams["outer"].summary) == ("factory", "the outer seam")
    assert found.broken == ()
    with pytest.raises(RuntimeError, match="listed, not loaded"):
        recipe.recipe.apply(None)


def test_listing_runs_no_file(root: Path, write: Write) -> None:
    write("recipes/toy/explode.py", RECIPE.replace("make-fast", "explode") + "\nraise SystemExit('imported')\n")
    before = set(sys.modules)

    assert mine(root).recipe("explode").summary == "Make it fast."
    assert not [name for name in set(sys.modules) - before if name.startswith("perfkit_catalog_")]


def test_opening_the_catalogue_imports_neither_numpy_nor_a_target() -> None:
    script = (
        "import perfkit.catalog, sys; perfkit.catalog.open_catalogs(); "
        "print([m for m in sys.modules if m.partition('.')[0] in ('numpy', 'scipy', 'torch', 'rich', 'typer')"
        " or m.startswith(('perfkit.recipes', 'perfkit.sample_targets'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("apply=lambda", "apply lambda", "bad.py:7"),
        ("RECIPE = Recipe(", "RECIPE = dict(", r"no RECIPE = Recipe\(...\)"),
        ('id="bad"', 'id="worse"', "id and target must be 'bad' and 'toy', as the file is named"),
        ('target="toy"', 'target="other"', "'bad' and 'toy', as the file is named"),
        ('touches={"outer"}', "touches=SEAMS", "touches must be a literal"),
        ('touches={"outer"}', 'touches=("outer", INNER)', "touches must be a literal"),
        ("low=1.5", "low=LOW", "low must be a literal"),
        ("low=1.5", "low=9", "0 < low <= high"),
        ("rtol=1e-6, why", "rtol=0, why", "positive bound"),
        ('status="beyond"', 'status="shiny"', "status must be one of"),
        ('status="beyond"', 'colour="red"', "bad.py: Recipe has no field 'colour'$"),
        ('"speed-up"', '"speed-up", colour="red"', "bad.py: Claim has no field 'colour'$"),
        ('id="bad", ', '"bad", id="bad", ', r"bad.py: Recipe\(...\): too many positional"),
        ('text="2x"', '"2x"', r"bad.py: Claim\(...\): "),
        ('touches={"outer"}, ', "", r"bad.py: Recipe\(...\): missing a required .*'touches'"),
        ("apply=lambda ops: replace(ops, outer=quick),", "", r"missing a required .*'apply'"),
        ("low=1.5", 'low="1.5"', r"bad.py: Claim\(...\): '<'"),
        ("rtol=1e-6", "rtol=1" + "0" * 400, "too large"),
        ('workload="run"', 'workload="rum"', "bad.py: no workload of toy is called 'rum'$"),
        ('on=("other",)', 'on=("bother",)', r"bad.py: no recipe of toy \(in claim.on\) is called 'bother'$"),
        ("RECIPE = ", '"""\nRECIPE = ', "bad.py:"),
        ('"""Make it fast.\n\nMore.\n"""', "", "no docstring"),
    ],
)
def test_a_broken_recipe_is_listed_as_broken_and_the_rest_works(
    old: str, new: str, message: str, root: Path, write: Write
) -> None:
    good = RECIPE.replace("make-fast", "bad")
    write("recipes/toy/bad.py", good)
    assert mine(root).broken == ()
    assert old in good
    write("recipes/toy/bad.py", good.replace(old, new, 1))

    with pytest.raises(CatalogError, match=message):
        raise only_broken(root)
    with pytest.raises(CatalogError, match=message):
        mine(root).recipe("bad")
    assert mine(root).recipe("make-fast")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("target.py", 'id="toy"', 'id="joy"'),
        ("target.py", "TARGET = Target(", "TARGET = dict("),
        ("target.py", 'summary="a toy"', "summary=TEXT"),
        ("target.py", 'summary="run it"', "summary=TEXT"),
        ("target.py", 'summary="a toy"', "summary=3"),
        ("target.py", 'id="run"', "id=3"),
        ("ops.py", 'KINDS = {"outer"', 'KINDS = {3: "call", "outer"'),
        ("target.py", 'sizes=("big", "tiny")', "sizes=SIZES"),
        ("target.py", 'sizes=("big", "tiny")', 'sizes=("big", TINY)'),
        ("target.py", 'sizes=("big", "tiny")', "sizes=3"),
        ("target.py", 'sizes=("big", "tiny")', "sizes=()"),
        ("target.py", 'sizes=("big", "tiny")', 'sizes=("big",), axes=3'),
        ("target.py", "workloads=(", "workloads=tuple(w for w in "),
        ("ops.py", '"call"', '"function"'),
        ("ops.py", "KINDS = {", "KINDS = dict() or {"),
        ("ops.py", '("inner",)}', "3}"),
        ("ops.py", 'REUSED = ("outer",)', 'REUSED = frozenset({"outer"})'),
        ("ops.py", 'REUSED = ("outer",)', 'REUSED = ("outer",)\nCONSUMES = {"outer": 0}'),
        ("ops.py", 'REUSED = ("outer",)', 'REUSED = ("outer",)\nCONSUMES = {"outer": ("x",)}'),
        ("ops.py", 'REUSED = ("outer",)', 'REUSED = ("outer",)\nCONSUMES = ("outer",)'),
    ],
)
def test_a_broken_target_is_listed_as_broken_and_the_rest_works(
    file: str, old: str, new: str, root: Path, write: Write
) -> None:
    text = {"ops.py": OPS, "target.py": TARGET}[file]
    assert old in text
    path = write(f"sample_targets/toy/{file}", text.replace(old, new, 1))

    assert str(path) in only_broken(root).message


def test_a_target_where_a_recipe_is_wanted_is_said_to_be_one(root: Path, write: Write) -> None:
    with pytest.raises(UsageError, match=r"^toy is a target, not a recipe$") as told:
        mine(root).recipe("toy")
    assert told.value.hint == "perfkit list recipes"


def test_a_broken_target_asked_for_by_name_says_what_is_wrong(root: Path, write: Write) -> None:
    path = write("sample_targets/toy/ops.py", "KINDS = 1")

    with pytest.raises(CatalogError, match="KINDS") as caught:
        mine(root).target("toy")
    assert str(path) in caught.value.message


def test_an_unknown_field_has_the_known_ones_for_a_hint(root: Path, write: Write) -> None:
    write("recipes/toy/make_fast.py", RECIPE.replace('status="beyond"', 'bogus=1, status="beyond"'))

    assert only_broken(root).hint.startswith("Recipe takes id, target, touches, ")


@pytest.mark.parametrize("content", [b"x = 1\0", b"x = '\xff'", None], ids=["null bytes", "latin-1", "a dead link"])
def test_a_file_that_is_no_text_is_named_once_with_a_remedy(root: Path, write: Write, content: bytes | None) -> None:
    path = root / "recipes/toy/bad.py"
    if content is None:
        path.symlink_to(root / "gone.py")
    else:
        path.write_bytes(content)
    message = only_broken(root).message

    assert message.startswith(f"{path}: ")
    assert message.count(str(path)) == 1
    assert "None" not in message
    assert "Errno" not in message


def test_a_recipe_that_does_not_fit_its_target_is_broken_and_says_so_when_asked_for(root: Path, write: Write) -> None:
    path = write("recipes/toy/bad.py", RECIPE.replace("make-fast", "bad").replace('{"outer"}', '{"outr"}'))
    error = only_broken(root)

    assert error.message == f"{path}: no seam of toy (in touches) is called 'outr'"
    assert error.hint == "did you mean outer?"
    for ask in ("bad", "toy/bad"):
        with pytest.raises(CatalogError, match="outr"):
            mine(root).recipe(ask)


def test_a_recipe_of_no_target_is_broken_and_says_where_one_may_stand(root: Path, write: Write) -> None:
    write("recipes/tay/make_fast.py", RECIPE.replace('target="toy"', 'target="tay"'))
    error = only_broken(root)

    assert error.message.endswith("tay/make_fast.py: no target is called 'tay'")
    assert error.hint == "did you mean toy?; one that stands elsewhere: --catalog DIR"
    with pytest.raises(CatalogError, match="no target is called 'tay'"):  # though toy/make-fast carries that id
        mine(root).recipe("make-fast", target="tay")


def test_private_and_hidden_files_and_folders_are_left_out(root: Path, write: Write) -> None:
    for name in ("_helper.py", "__init__.py", ".hidden.py", ".checkpoints/make_fast.py", "../.old/make_fast.py"):
        write(f"recipes/toy/{name}", "not python")

    assert mine(root).broken == ()


def test_a_bare_id_that_fits_two_is_a_usage_error_naming_both(root: Path, write: Write) -> None:
    write("sample_targets/two/target.py", TARGET.replace('"toy"', '"two"'))
    write("sample_targets/two/ops.py", OPS)
    for name, text in (("make_fast", RECIPE), ("other", OTHER)):
        write(f"recipes/two/{name}.py", text.replace('target="toy"', 'target="two"'))
    found = mine(root)

    with pytest.raises(UsageError, match="toy/make-fast, two/make-fast"):
        found.recipe("make-fast")
    assert found.recipe("two/make-fast").recipe.target == "two"
    assert found.recipe("make-fast", target="toy").recipe.target == "toy"
    with pytest.raises(UsageError, match="two/make-fast is not a recipe of toy"):
        found.recipe("two/make-fast", target="toy")


def test_the_recipes_of_a_target_are_its_own(root: Path, write: Write) -> None:
    assert [r.recipe.id for r in mine(root).of_target("toy")] == ["make-fast", "other"]


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda c: c.recipe("make-fats"), "make-fast"),
        (lambda c: c.recipe("toy/make-fats"), "toy/make-fast"),
        (lambda c: c.target("tay"), "toy"),
        (lambda c: c.target("toy").workload("wolk"), "walk"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(
    ask: Callable[[Catalog], object], near: str, root: Path, write: Write
) -> None:
    with pytest.raises(UnknownName) as caught:
        ask(mine(root))
    assert near in caught.value.hint


@pytest.mark.parametrize("kind", ["recipe", "target"])
def test_an_unknown_name_says_where_ones_own_may_stand_unless_a_folder_was_named(
    kind: str, root: Path, write: Write
) -> None:
    hints = []
    for found in (open_catalogs(), mine(root)):
        with pytest.raises(UnknownName) as caught:
            getattr(found, kind)("xyzzy")
        hints.append(caught.value.hint)

    assert hints[0].endswith(f"; {kind}s of your own: --catalog DIR")
    assert "--catalog" not in hints[1]


def test_an_unknown_name_is_not_mistaken_for_a_broken_file_whose_name_ends_alike(root: Path, write: Write) -> None:
    write("recipes/toy/rope_cache.py", "RECIPE = 1")

    with pytest.raises(UnknownName):
        mine(root).recipe("cache")


def test_a_folder_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="is not a catalogue"):
        open_catalogs([tmp_path])


def test_a_recipe_defined_by_two_catalogues_is_refused_naming_both(root: Path, write: Write, tmp_path: Path) -> None:
    again = tmp_path / "again/recipes/toy/make_fast.py"
    again.parent.mkdir(parents=True)
    again.write_text(RECIPE)

    with pytest.raises(UsageError, match="recipe toy/make-fast: ") as caught:
        open_catalogs([root, tmp_path / "again"])
    assert str(root) in caught.value.message
    assert str(again) in caught.value.message


def test_a_catalogue_named_twice_is_opened_once(root: Path, write: Write) -> None:
    found = open_catalogs([root, root / "recipes" / ".."])

    assert [r.module for r in found.recipes] == [r.module for r in mine(root).recipes]


def test_a_target_may_name_the_workload_that_is_profiled(root: Path, write: Write) -> None:
    from perfkit.profiling.run import chosen

    assert chosen(mine(root), "toy", None, None, ())[1].id == "run"
    write("sample_targets/toy/target.py", TARGET.replace("ops=Ops", 'ops=Ops, profiled="walk"'))
    found = mine(root)

    assert chosen(found, "toy", None, None, ())[1].id == "walk"
    assert chosen(found, "toy", "run", None, ())[1].id == "run"
    assert chosen(found, "toy", None, None, ("other",))[1].id == "run"  # where a recipe is measured
    assert chosen(mine(root), "compressor", None, None, ())[1].id == "predict"

    write("sample_targets/toy/target.py", TARGET.replace("ops=Ops", 'ops=Ops, profiled="fly"'))
    assert "profiled names no workload: 'fly'" in mine(root).broken[0].message
