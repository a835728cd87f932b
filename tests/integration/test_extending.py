"""docs/extending.md is true: the package on that page is built, installed, listed, measured and tested."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

_FILE = re.compile(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def source(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page, where it says that they stand."""
    folder = tmp_path_factory.mktemp("tidysums")
    for name, text in _FILE.findall((repository / "docs" / "extending.md").read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def installed(source: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which that package is installed as a wheel."""
    out, site = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    own = ["--no-build-isolation"] if importlib.util.find_spec("setuptools") else []
    pip = [sys.executable, "-m", "pip"]
    for words in (
        ["wheel", "-q", "--no-deps", *own, "-w", str(out), str(source)],
        ["install", "-q", "--no-deps", "--no-index", "--target", str(site), "-f", str(out), "tidysums"],
    ):
        done = subprocess.run([*pip, *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return {"PYTHONPATH": os.pathsep.join([environment["PYTHONPATH"], str(site)])}


def test_the_page_has_every_file_of_the_package(source: Path) -> None:
    assert sorted(str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()) == [
        "pyproject.toml",
        "tests/test_by_cumsum.py",
        "tidysums/recipes/sums/by_cumsum.py",
        "tidysums/targets/sums/ops.py",
        "tidysums/targets/sums/target.py",
    ]


def test_it_is_listed_with_perfkits_own(perfkit: Callable[..., Any], installed: dict[str, str]) -> None:
    run = perfkit("list", "--json", "-", env=installed)

    assert (run.rc, run.stderr) == (0, "")
    assert [t["id"] for t in run.json["targets"]] == [
        "compressor",
        "finite-memory",
        "glassbox",
        "spectral",
        "spectral-causal",
        "sums",
        "traditional",
    ]
    recipe = next(r for r in run.json["recipes"] if r["id"] == "by-cumsum")
    assert (recipe["target"], recipe["touches"]) == ("sums", ["running_total"])
    assert run.json["warnings"] == []


def test_its_recipe_is_proven_and_measured_in_the_workers(
    perfkit: Callable[..., Any], installed: dict[str, str]
) -> None:
    quick = ("--quick", "--budget", "0.1s", "--processes", "2", "--json", "-")
    run = perfkit("compare", "--recipe", "by-cumsum", *quick, env=installed)

    assert run.rc == 0
    assert {r["kind"] for r in run.json["results"]} == {"micro", "macro"}
    for result in run.json["results"]:
        assert result["proof"]["passed"]
        assert result["proof"]["checked_calls"] > 5
        assert result["speedup"] is not None
        assert result["processes"] == 2


def test_its_own_test_passes_and_fails_when_the_recipe_is_wrong(
    source: Path, environment: dict[str, str], installed: dict[str, str], tmp_path: Path
) -> None:
    def tested() -> subprocess.CompletedProcess[str]:
        test = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(source / "tests")]
        # from elsewhere: in its own folder Python would import the sources, not what is installed
        env = {**environment, **installed, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run([sys.executable, *test], cwd=tmp_path, env=env, capture_output=True, text=True)

    good = tested()
    assert (good.returncode, "1 passed" in good.stdout) == (0, True), good.stdout
    site = Path(installed["PYTHONPATH"].rpartition(os.pathsep)[2])
    recipe = site / "tidysums" / "recipes" / "sums" / "by_cumsum.py"
    right = recipe.read_text(encoding="utf-8")
    recipe.write_text(right.replace("np.cumsum(x,", "np.cumsum(x[::-1],"), encoding="utf-8")
    wrong = tested()
    recipe.write_text(right, encoding="utf-8")

    assert wrong.returncode == 1
    assert "AssertionError: sums/by-cumsum on short: first call" in wrong.stdout
