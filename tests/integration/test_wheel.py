"""The wheel holds the whole tree under one name, and works where the tree is not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the tree, so that nothing is left in the tree itself."""
    copy, out = tmp_path_factory.mktemp("tree") / "perfkit", tmp_path_factory.mktemp("wheel")
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(repository / name, copy)
    for name in ("perfkit", "recipes", "sample_targets"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(repository / name, copy / name, symlinks=True, ignore=ignored)
    # with setuptools at hand nothing is fetched; otherwise the build makes itself a room of its own
    own = ["--no-build-isolation"] if importlib.util.find_spec("setuptools") else []
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *own, "-w", str(out), str(copy)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    return built


def packed(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_it_holds_every_file_of_the_tree_and_no_other(wheel: Path, repository: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "perfkit", "recipes", "sample_targets"],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    if tracked.returncode:
        pytest.skip("not a git working tree: there is no list of what belongs to it")
    links = {"perfkit/recipes", "perfkit/sample_targets"}
    files = {f for f in tracked.stdout.splitlines() if (repository / f).is_file()} - links
    expected = {f if f.startswith("perfkit/") else f"perfkit/{f}" for f in files}

    assert packed(wheel) == expected


def test_perfkit_is_its_only_name_in_site_packages(wheel: Path) -> None:
    assert {name.partition("/")[0] for name in packed(wheel)} == {"perfkit"}


def test_it_is_typed_and_has_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [n for n in archive.namelist() if n.endswith(".dist-info/entry_points.txt")]
        commands = archive.read(entry).decode()

    assert "perfkit/py.typed" in packed(wheel)
    assert "perfkit = perfkit.__main__:main" in commands


def test_installed_elsewhere_it_lists_and_compares(wheel: Path, tmp_path: Path) -> None:
    site, away = tmp_path / "site", tmp_path / "away"
    away.mkdir()
    options = ["-q", "--no-deps", "--no-index", "--no-compile"]  # what is run is compiled then
    install = [sys.executable, "-m", "pip", "install", *options, "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    alone = {**os.environ, "PYTHONPATH": str(site)}

    def perfkit(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "perfkit", *words], cwd=away, env=alone, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = [sys.executable, "-c", "import perfkit; print(perfkit.__file__)"]
    found = subprocess.run(where, cwd=away, env=alone, capture_output=True, text=True).stdout.strip()
    assert Path(found) == site / "perfkit" / "__init__.py"
    assert "rope-cache" in perfkit("list")
    table = perfkit(
        "compare", "--recipe", "rope-cache", "--quick", "--size", "tiny", "--processes", "1", "--budget", "0.1s"
    )
    assert table.startswith("glassbox / rope-cache")
