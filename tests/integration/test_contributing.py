"""CONTRIBUTING.md says where things are: every path there exists, and every folder of perfkit is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = "\n".join(line for line in TEXT.splitlines() if line.startswith("| "))
NAMES = sorted(set(re.findall(r"`([a-z_./]+(?:/|\.py|\.json))`", ROWS)))
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


def test_every_folder_of_perfkit_has_a_row() -> None:
    folders = {path.parent.relative_to(REPOSITORY) for path in (REPOSITORY / "perfkit").rglob("__init__.py")}

    assert [str(f) for f in folders if f"`{f}/`" not in ROWS and f != Path("perfkit")] == []
