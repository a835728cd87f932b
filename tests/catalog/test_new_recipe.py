"""`perfkit new recipe` writes a recipe that is proven, measured, and tested as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import load_target, open_catalogs
from perfkit.catalog.scaffold import new_recipe_files
from perfkit.cli.new import show_next
from perfkit.testing import check_recipe

# away from the project: what its settings say of recipes, and that perfkit is its own
LOCAL = ("--per-file-ignores", "recipes/**:D1", "--per-file-ignores", "recipes/**:TID252")
LOCAL += ("--config", 'lint.isort.known-first-party=["perfkit"]')
SEAMS = sorted(s for t in open_catalogs().targets for s in t.seams if t.id == "glassbox")


def test_it_writes_a_recipe_and_its_test_and_says_what_is_next(perfkit_here: Any, tmp_path: Path) -> None:
    run = perfkit_here("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid", "--dir", "mine")

    written = [Path("mine/recipes/glassbox/my_idea.py"), Path("mine/tests/catalog/test_my_idea.py")]
    assert run.rc == 0
    assert run.lines[:2] == [f"wrote {path}" for path in written]
    assert run.lines[2] == "next  perfkit compare --recipe my-idea --quick --catalog mine"
    assert [p for p in tmp_path.rglob("*") if p.is_file() and "__pycache__" not in p.parts] == [
        tmp_path / path for path in written
    ]


def test_it_never_overwrites(perfkit_here: Any, tmp_path: Path) -> None:
    words = ("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid")
    assert perfkit_here(*words).rc == 0
    recipe = tmp_path / "recipes" / "glassbox" / "my_idea.py"
    recipe.write_text("mine\n", encoding="utf-8")

    run = perfkit_here(*words)

    assert run.rc == 2
    assert "exists already" in run.stderr
    assert recipe.read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_cannot_be_written_is_one_line(perfkit_here: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    run = perfkit_here("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid", "--dir", "file/below")

    assert run.rc == 2
    assert run.stderr.startswith("perfkit: cannot write file/below/recipes/glassbox/my_idea.py: ")


@pytest.mark.slow
def test_it_compares(perfkit_inline: Any, tmp_path: Path) -> None:
    words = ("--seam", "sigmoid", "--dir", tmp_path)
    assert perfkit_inline("new", "recipe", "glassbox", "my-idea", *words).rc == 0

    run = perfkit_inline(
        "compare", "--catalog", tmp_path, "--recipe", "my-idea", "--size", "tiny",
        "--processes", 2, "--budget", "0.2s", "--quick", "--json", "-",
    )  # fmt: skip

    assert run.rc == 0
    assert all(r["proof"]["passed"] and r["proof"]["kind"] == "exact" for r in run.json["results"])
    assert [r["speedup"] is not None for r in run.json["results"]] == [True, True]


@pytest.mark.slow
def test_its_test_passes(perfkit_here: Any, toy_catalog: Any, environment: dict[str, str]) -> None:
    catalog = toy_catalog()
    assert perfkit_here("new", "recipe", "toy", "my-idea", "--seam", "mix", "--catalog", catalog).rc == 0

    tested = run_tests(catalog, environment, "-W", "error")

    assert (tested.returncode, "1 passed" in tested.stdout) == (0, True), tested.stdout


def run_tests(root: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """The tests below a folder, run there; they need no plugins."""
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words, "tests"]
    plain = {**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(line, cwd=root, env=plain, capture_output=True, text=True)


@pytest.mark.slow
def test_the_written_test_fails_when_the_recipe_is_wrong(
    perfkit_here: Any, environment: dict[str, str], tmp_path: Path
) -> None:
    perfkit_here("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid")
    recipe = tmp_path / "recipes" / "glassbox" / "my_idea.py"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("return documented(x)", "return documented(x) * 0"), encoding="utf-8")

    tested = run_tests(tmp_path, environment)

    assert tested.returncode == 1
    assert "AssertionError: glassbox/my-idea on forward-small: first call" in tested.stdout


@pytest.mark.parametrize("seam", SEAMS)
def test_what_it_writes_is_a_readable_recipe_for_every_seam(perfkit_here: Any, tmp_path: Path, seam: str) -> None:
    run = perfkit_here("new", "recipe", "glassbox", f"another-{seam.replace('_', '-')}", "--seam", seam)

    assert run.rc == 0
    found = open_catalogs([tmp_path])
    assert found.broken == ()
    made = found.recipe(f"another-{seam.replace('_', '-')}")
    assert made.recipe.touches == {seam}
    compile(made.path.read_text(encoding="utf-8"), str(made.path), "exec")


def filled_in(text: str) -> str:
    """A recipe with a body of its own in the place of the two lines that call the documented form."""
    body = re.compile(r"^    from \S+ import \w+ as documented\n\n    return documented\(.*\)  # replace .*$", re.M)
    assert len(body.findall(text)) == 1
    return body.sub("    raise NotImplementedError", text)


@pytest.mark.slow
@pytest.mark.parametrize("filled", [False, True], ids=["as written", "filled in"])
def test_for_every_seam_it_has_the_seams_own_signature_and_passes_the_linter(
    repository: Path, planted: Path, tmp_path: Path, filled: bool
) -> None:
    found = open_catalogs([planted])
    for target in found.targets:
        for seam in target.seams:
            (path, text), _ = new_recipe_files(found, target.id, f"new-{seam.replace('_', '-')}", seam).items()
            assert "*args: Any" not in text
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(filled_in(text) if filled else text, encoding="utf-8")
    ruff, settings = [sys.executable, "-m", "ruff"], ["--no-cache", "--config", str(repository / "pyproject.toml")]
    away = {"cwd": tmp_path, "capture_output": True, "text": True}

    checked = subprocess.run([*ruff, "check", *settings, *LOCAL, "recipes"], **away)
    formatted = subprocess.run([*ruff, "format", *settings, "--check", "recipes"], **away)

    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert (formatted.returncode, formatted.stderr) == (0, ""), formatted.stdout


@pytest.mark.parametrize(
    ("ops", "passed"),
    [
        ("def cube(x, *rest, flag=False, **more):\n    return x\n", "x, *rest, flag=flag, **more"),
        ("cube = (lambda x: x)\n", "*args"),  # made by code
        ("def cube(x: 'Ops') -> Any:\n    return x\n", "*args"),  # a name that is text
        ("from .lost import cube\n", "*args"),
        ("from .ops import cube\n", "*args"),  # from itself, for ever
        ('def cube(x: int = 3):\n    """Says \\\\ and "x\\"."""\n    return x\n', "x"),
    ],
)
def test_a_seam_of_any_form_gives_a_recipe_that_can_be_read(toy_catalog: Any, ops: str, passed: str) -> None:
    catalog = toy_catalog()
    place = catalog / "sample_targets" / "toy" / "ops.py"
    old = place.read_text(encoding="utf-8")
    start, end = old.index("def cube"), old.index("def never")
    place.write_text(old[:start] + ops + old[end:], encoding="utf-8")

    (_, text), _ = new_recipe_files(open_catalogs([catalog]), "toy", "new", "cube").items()

    assert f"return documented({passed})" in text
    compile(text, "new.py", "exec")


@pytest.mark.slow
def test_a_recipe_for_a_catalogue_that_is_named_goes_there_and_imports_relatively(
    perfkit_here: Any, toy_catalog: Any
) -> None:
    catalog = toy_catalog()

    run = perfkit_here("new", "recipe", "toy", "my-idea", "--seam", "mix", "--catalog", catalog)

    assert run.lines[0] == f"wrote {catalog}/recipes/toy/my_idea.py"
    text = (catalog / "recipes" / "toy" / "my_idea.py").read_text(encoding="utf-8")
    assert "    from ...sample_targets.toy.ops import mix as documented\n" in text
    assert 'def my_idea_mix(x: Any, weight: Any) -> Any:\n    """x (B, D) @ weight (D, D): new memory."""\n' in text
    assert check_recipe("toy/my-idea", catalog=catalog).exercised == ("run",)

    run = perfkit_here("new", "recipe", "toy", "other", "--seam", "mix", "--catalog", catalog, "--dir", "mine")
    assert run.rc == 2
    assert "its recipes must stand there too" in run.stderr


@pytest.mark.slow
def test_a_new_target_works_at_once(perfkit_here: Any, tmp_path: Path) -> None:
    run = perfkit_here("new", "target", "my-sums", "--dir", "mine")

    written = [
        "sample_targets/my_sums/ops.py",
        "sample_targets/my_sums/target.py",
        "recipes/my_sums/my_sums_numpy.py",
        "tests/catalog/test_my_sums_numpy.py",
    ]
    assert run.lines == [
        *(f"wrote mine/{path}" for path in written),
        "next  perfkit compare --recipe my-sums-numpy --quick --catalog mine",
    ]
    found = open_catalogs([tmp_path / "mine"])
    assert found.broken == ()
    checked = check_recipe("my-sums/my-sums-numpy", catalog=tmp_path / "mine")
    assert checked.exercised == ("usual",)
    assert checked.mutants > 0
    (workload,) = load_target(found.target("my-sums")).workloads
    assert workload.awkward is not None
    assert len(list(workload.awkward(None))) == 3


@pytest.mark.parametrize("name", ["Sums", "my_sums", "class", "../up", "", "glassbox"])
def test_a_name_that_can_be_no_target_is_refused(perfkit_here: Any, tmp_path: Path, name: str) -> None:
    run = perfkit_here("new", "target", name)

    assert (run.rc, list(tmp_path.iterdir())) == (2, [])
    assert run.stderr.count("\n") == 2


@pytest.mark.parametrize("words", [["target", "my_idea"], ["recipe", "glassbox", "My_idea", "--seam", "sigmoid"]])
def test_a_folders_or_files_name_suggests_the_id(perfkit_here: Any, words: list[str]) -> None:
    assert perfkit_here("new", *words).stderr.endswith("hint: did you mean my-idea?\n")


def test_what_is_written_into_perfkits_own_folders_is_found_without_naming_them(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    show_next("my-idea", Path())

    assert capsys.readouterr().out == "next  perfkit compare --recipe my-idea --quick\n"


@pytest.mark.parametrize("link", ["recipes", "recipes/glassbox", "recipes/glassbox/my_idea.py"])
def test_nothing_is_written_through_a_link_that_leads_out(perfkit_here: Any, tmp_path: Path, link: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "mine" / link).parent.mkdir(parents=True)
    (tmp_path / "mine" / link).symlink_to(tmp_path / "outside" / "new")

    run = perfkit_here("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid", "--dir", "mine")

    assert run.rc == 2
    assert "leads out of mine" in run.stderr or "exists already" in run.stderr
    assert list((tmp_path / "outside").iterdir()) == []


def test_all_is_written_or_nothing(perfkit_here: Any, tmp_path: Path) -> None:
    (tmp_path / "tests").write_text("in the way", encoding="utf-8")

    run = perfkit_here("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid")

    assert run.rc == 2
    assert run.stderr.startswith("perfkit: cannot write tests/catalog/test_my_idea.py: Not a directory")
    assert not (tmp_path / "recipes" / "glassbox" / "my_idea.py").exists()
