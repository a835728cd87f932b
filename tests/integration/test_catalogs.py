"""Catalogues on the command line: `[tool.perfkit] catalog`, `--catalog`, and recipes that need what is not there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

QUICK = ("--quick", "--budget", "0.1s")
TWO = ("--processes", "2")  # where no verdict is asked for
USING = [["list"], ["explain", "zeros"], ["new", "recipe", "toy", "idea", "--seam", "mix"]]
LACKS = "unavailable: pip install 'perfkit[jit]' (numbb is not installed)"


@pytest.fixture
def project(tmp_path: Path, toy_catalog: Any) -> Path:
    """A project whose pyproject.toml names its catalogue, the toy one with `zeros`."""
    folder = tmp_path / "project"
    (folder / "src" / "deep").mkdir(parents=True)
    toy_catalog("zeros").rename(folder / "perf")
    configure(folder, "catalog = 'perf'")
    return folder


def configure(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.perfkit]\n{text}\n", encoding="utf-8")


@pytest.mark.parametrize("words", USING, ids=lambda w: w[0])
def test_a_projects_catalogue_is_used_below_its_file_and_printed_once(
    perfkit_here: Any, project: Path, words: list[str]
) -> None:
    run = perfkit_here(*words, cwd=project / "src" / "deep")

    assert run.rc == 0
    assert run.stderr == f"perfkit: catalog {project / 'perf'} (from {project / 'pyproject.toml'})\n"
    assert "zeros" in run.stdout or words[0] == "new"


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["compare", "--recipe", "zeros", *QUICK],
        ["profile", "toy", "--size", "tiny", "--with", "cprofile", "--duration", "50ms"],
    ],
    ids=lambda w: w[0],
)
def test_the_workers_find_a_projects_catalogue_too(perfkit_here: Any, project: Path, words: list[str]) -> None:
    run = perfkit_here(*words, "--json", "-", cwd=project / "src")

    assert run.rc == (5 if words[0] == "compare" else 0)
    assert run.json["results" if words[0] == "compare" else "hotspots"]
    assert run.stderr.count(str(project / "perf")) == 1


@pytest.mark.usefixtures("doctor_in_short")
@pytest.mark.parametrize("words", [["doctor", "--json", "-"], ["show", "run.json"], ["list", "--help"], ["--version"]])
def test_what_needs_no_catalogue_does_not_read_the_file(perfkit_here: Any, project: Path, words: list[str]) -> None:
    configure(project, "catalog = 3")
    run = perfkit_here(*words, cwd=project)

    assert "catalog is 3" not in run.stderr
    assert str(project) not in run.stderr


def test_the_nearest_file_counts_alone(perfkit_here: Any, project: Path) -> None:
    (project / "src" / "pyproject.toml").write_text("[project]\nname = 'inner'\n", encoding="utf-8")
    run = perfkit_here("list", cwd=project / "src" / "deep")

    assert (run.rc, run.stderr) == (0, "")
    assert "zeros" not in run.stdout


def test_a_catalogue_that_is_also_named_is_one(perfkit_here: Any, project: Path) -> None:
    named = perfkit_here("list", "--json", "-", "--catalog", "perf", cwd=project)

    assert named.rc == 0
    assert named.json == perfkit_here("list", "--json", "-", cwd=project).json


def test_a_list_of_catalogues_and_a_named_one_stand_together(
    perfkit_here: Any, project: Path, planted: Path, tmp_path: Path
) -> None:
    second, third = tmp_path / "second", tmp_path / "third"
    for root, name in ((second, "nan"), (third, "drift")):
        (root / "recipes" / "toy").mkdir(parents=True)
        shutil.copy(planted / "recipes" / "toy" / f"{name}.py", root / "recipes" / "toy")
    configure(project, "catalog = ['perf', '../second']")
    run = perfkit_here("list", "--json", "-", "--catalog", third, cwd=project)

    assert {"zeros", "nan", "drift"} <= {r["id"] for r in run.json["recipes"]}
    assert f"perfkit: catalog {project / 'perf'}, {second} (from " in run.stderr


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("catalog = 3", "catalog is 3, which names no folder", "or a list of folders"),
        ("catalog = 'gone'", "/project/gone is not a catalogue: there is no such folder", "fix that line"),
        ("catalog = 'src'", "/project/src is not a catalogue", "recipes/<target>"),
        ("catalog = 'a\\u0000b'", "is not a catalogue", "fix that line"),
        ("catalog = ", "cannot be read as TOML", "fix the file"),
        ("catalogs = 'perf'", "no setting of [tool.perfkit]", "did you mean catalog?"),
    ],
)
@pytest.mark.parametrize("words", [*USING, ["compare", "--recipe", "zeros"], ["profile", "toy"]], ids=lambda w: w[0])
def test_a_wrong_setting_is_one_line_with_a_remedy(
    perfkit_here: Any, project: Path, words: list[str], text: str, says: str, hint: str
) -> None:
    configure(project, text)
    run = perfkit_here(*words, cwd=project)

    message, advice = run.stderr.splitlines()
    assert (run.rc, run.stdout) == (2, "")
    assert message.startswith("perfkit: ")
    assert says in message
    assert str(project / "pyproject.toml") in message
    assert advice.startswith("  hint: ")
    assert hint in advice


def test_a_broken_file_is_named_by_compare_too(perfkit_here: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("zeros", "nan")
    (catalog / "recipes" / "toy" / "nan.py").write_text("def broken(:\n", encoding="utf-8")
    run = perfkit_here("compare", "--catalog", catalog, "--recipe", "zeros", "--size", "none")

    assert re.match(r"perfkit: skipped: \S*recipes/toy/nan\.py:1: .*\n  hint: .*\nperfkit: no size", run.stderr)


@pytest.fixture
def needing(toy_catalog: Any) -> Path:
    """A catalogue of `plain-cube` and of `plain-mix`, which needs a module that nobody has."""
    catalog: Path = toy_catalog("plain_cube", plain_mix=("mix", "def make():\n    return lambda x, w: mix(x, w)\n"))
    path = catalog / "recipes" / "toy" / "plain_mix.py"
    text = path.read_text(encoding="utf-8").replace("from dataclasses", "import numbb\nfrom dataclasses")
    text = text.replace("exact(),\n", 'exact(),\n    needs={"numbb": "perfkit[jit]", "json": "python"},\n')
    path.write_text(text, encoding="utf-8")
    return catalog


def test_a_recipe_that_lacks_a_module_is_listed_as_unavailable(perfkit_here: Any, needing: Path) -> None:
    words = ("--catalog", needing)
    listed, explained = perfkit_here("list", "--long", *words), perfkit_here("explain", "plain-mix", *words)
    recipes = {r["id"]: r for r in perfkit_here("list", "--json", "-", *words).json["recipes"]}

    assert (listed.rc, explained.rc) == (0, 0)
    assert listed.stdout.count(LACKS) == 1
    assert re.search(r"^needs +numbb, json$", explained.stdout, re.M)
    assert re.search(r"^unavailable +pip install 'perfkit\[jit\]' \(numbb is not installed\)$", explained.stdout, re.M)
    assert recipes["plain-mix"]["needs"] == {"numbb": "perfkit[jit]", "json": "python"}
    assert recipes["plain-mix"]["unavailable"] == LACKS.removeprefix("unavailable: ")
    assert (recipes["plain-cube"]["needs"], recipes["plain-cube"]["unavailable"]) == ({}, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "rc", "together"),
    [
        (["--recipe", "plain-mix", "--recipe", "plain-cube"], 1, True),
        (["toy", "--all"], 0, False),
    ],
    ids=["named", "all"],
)
def test_a_recipe_that_lacks_a_module_is_a_row_and_the_others_are_measured(
    perfkit_inline: Any, needing: Path, words: list[str], rc: int, together: bool
) -> None:
    run = perfkit_inline("compare", *words, "--catalog", needing, *QUICK, *TWO, "--json", "-", "--markdown", "table.md")
    rows = {tuple(r["recipes"]): r for r in run.json["results"] if r["kind"] == "macro"}
    lacking = rows["toy/plain-mix",]

    assert run.rc == rc
    assert (lacking["verdict"], lacking["reason"], lacking["note"]) == ("unavailable", "missing-dependency", LACKS)
    assert lacking["speedup"] is None
    assert not lacking["proof"]["passed"]
    assert rows["toy/plain-cube",]["speedup"]
    assert rows["toy/plain-cube",]["proof"]["passed"]
    both = rows.get(("toy/plain-mix", "toy/plain-cube"))
    assert (both is not None) is together
    if both:
        assert both["reason"] == "missing-dependency"
        assert both["note"] == LACKS.replace(": pip", ": plain-mix needs pip")


@pytest.mark.slow
def test_named_alone_it_says_what_to_install_and_leaves_with_1(perfkit_inline: Any, needing: Path) -> None:
    run = perfkit_inline("compare", "--recipe", "plain-mix", "--catalog", needing, *QUICK, *TWO, "--layout", "both")

    assert run.rc == 1
    assert len(re.findall(r"^macro +run(?:, own process)? .* unavailable +–$", run.stdout, re.M)) == 2
    assert f"why    {LACKS}\n" in run.stdout
    assert run.stdout.count(LACKS) == 2  # once for both rows, and in the answer
    assert run.lines[-1] == f"plain-mix: no verdict on run: {LACKS}"


@pytest.mark.slow
def test_where_only_the_claims_stack_lacks_it_the_recipe_is_measured_and_all_is_well(
    perfkit_inline: Any, needing: Path
) -> None:
    path = needing / "recipes" / "toy" / "plain_cube.py"
    text = path.read_text(encoding="utf-8").replace("import Recipe", "import Claim, Recipe")
    claim = "Claim(text='2x', measure='speed-up', low=2, high=3, workload='run', source='notes', on=('plain-mix',))"
    path.write_text(text.replace("    equivalence=", f"    claim={claim},\n    equivalence="), encoding="utf-8")
    run = perfkit_inline("compare", "--recipe", "plain-cube", "--catalog", needing, *QUICK, *TWO, "--json", "-")
    rows = {(r["kind"], *r["on"]): r for r in run.json["results"]}

    assert run.rc == 0
    assert rows["macro", "toy/plain-mix"]["reason"] == "missing-dependency"
    assert rows["macro", "toy/plain-mix"]["claim"]["outcome"] == "not measurable here"
    assert rows["macro",]["speedup"]
    assert rows["micro",]["speedup"]


@pytest.mark.slow
def test_profiling_with_it_is_refused_with_the_remedy(perfkit_here: Any, needing: Path) -> None:
    run = perfkit_here("profile", "toy", "--recipe", "plain-mix", "--catalog", needing, "--with", "cprofile")

    assert (run.rc, run.stdout) == (1, "")
    assert f"toy/plain-mix is {LACKS}" in run.stderr


def test_a_package_that_merely_lies_in_the_current_folder_is_not_found(
    perfkit: Any, toy_catalog: Any, tmp_path: Path, repository: Path
) -> None:
    toy_catalog("zeros").rename(tmp_path / "pack")
    (tmp_path / "pack.egg-info").mkdir()
    points = "[perfkit.recipes]\npack = pack.recipes\n[perfkit.targets]\npack = pack.sample_targets\n"
    (tmp_path / "pack.egg-info" / "entry_points.txt").write_text(points, encoding="utf-8")
    (tmp_path / "pack.egg-info" / "PKG-INFO").write_text("Name: pack\nVersion: 1.0\n", encoding="utf-8")

    assert "zeros" in perfkit("list", cwd=tmp_path, env={"PYTHONPATH": f"{repository}:{tmp_path}"}).stdout
    assert "zeros" not in perfkit("list", cwd=tmp_path).stdout
