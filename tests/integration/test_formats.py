"""Every format that was ever released is kept as a golden file, and still read and drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfkit.report.data.envelope import Envelope
from perfkit.report.document import FORMAT_VERSION, read_document, to_json

FOLDER = Path(__file__).parents[1] / "golden"
KEPT = sorted(FOLDER.glob("format-*.json"), key=lambda p: int(p.stem.partition("-")[2]))


def version_of(path: Path) -> int:
    return int(path.stem.partition("-")[2])


def test_every_version_up_to_this_one_has_a_golden_file() -> None:
    assert [version_of(p) for p in KEPT] == list(range(1, FORMAT_VERSION + 1)), (
        "format_version has risen: save a run as tests/golden/format-N.json, and keep the older ones"
    )


@pytest.mark.parametrize("path", KEPT, ids=lambda p: p.stem)
def test_a_kept_file_has_the_version_of_its_name(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"))["format_version"] == version_of(path)


@pytest.mark.parametrize("path", KEPT, ids=lambda p: p.stem)
def test_every_kept_version_is_still_drawn(perfkit_here: Any, golden: Callable[[str, str], None], path: Path) -> None:
    run = perfkit_here("show", path)

    assert (run.rc, run.stderr) == (0, "")
    golden(f"{path.stem}.txt", run.stdout)


def test_the_newest_is_what_is_written_today() -> None:
    newest = KEPT[-1]

    assert to_json(read_document(newest)) + "\n" == newest.read_text(encoding="utf-8")
    assert Envelope().format_version == version_of(newest)
