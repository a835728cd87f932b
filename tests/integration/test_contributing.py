"""CONTRIBUTING.md says where things are: every path there exists, and every folder of perfkit is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfkit.cli.main import app

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = "\n".join(line for line in TEXT.splitlines() if line.startswith("| "))
NAMES = sorted(set(re.findall(r"`([a-z_./]+(?:/|\.py|\.json))`", ROWS)))
# (folders of a row, a module that it names without its ending); commands are named in the same way
MODULES = [
    (tuple(re.findall(r"`(perfkit/[a-z_/]*/)`", row.split(" | ")[0])), name)
    for row in ROWS.splitlines()
    if row.startswith("| `perfkit/")
    for name in re.findall(r"`([a-z_]+)`", row.partition(" | ")[2])
    if name not in [command.name for command in app.registered_commands]
]
PLACES = [
    f"/{path.relative_to(REPOSITORY).as_posix()}{'/' if path.is_dir() else ''}"
    for top in ("perfkit", "sample_targets", "tests", "benchmarks")
    for path in [REPOSITORY / top, *(REPOSITORY / top).rglob("*")]
]


def test_there_are_paths_to_look_at() -> None:
    assert len(NAMES) > 50


@pytest.mark.parametrize("name", NAMES)
def test_a_path_in_its_tables_exists(name: str) -> None:
    assert any(place.endswith(f"/{name}") for place in PLACES)


@pytest.mark.parametrize(("folders", "name"), MODULES)
def test_a_module_that_stands_beside_a_folder_is_in_it(folders: tuple[str, ...], name: str) -> None:
    assert any((REPOSITORY / folder / f"{name}.py").is_file() for folder in folders)


def test_every_folder_of_perfkit_has_a_row() -> None:
    folders = {path.parent.relative_to(REPOSITORY) for path in (REPOSITORY / "perfkit").rglob("__init__.py")}

    assert [str(f) for f in folders if f"`{f}/`" not in ROWS and f != Path("perfkit")] == []
