"""README's tables on trust are those that the committed measurements give, and the goals they were made for."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def records(repository: Path) -> list[dict[str, Any]]:
    text = (repository / "benchmarks" / "data" / "trust.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_readme_shows_the_tables_that_the_data_give(repository: Path, environment: dict[str, str]) -> None:
    line = [sys.executable, str(repository / "benchmarks" / "trust.py"), "table"]
    printed = subprocess.run(line, env=environment, capture_output=True, text=True, check=True).stdout
    readme = (repository / "README.md").read_text(encoding="utf-8")

    tables = printed.strip().split("\n\n")
    assert len(tables) == 3
    for table in tables:
        assert len(table.splitlines()) > 3
        assert table in readme


def least(hits: int, of: int) -> float:
    """The lower end of Wilson's 95 % interval, written out once more."""
    z, p = 1.959964, hits / of
    return (p + z * z / 2 / of - z * math.sqrt(p * (1 - p) / of + z * z / 4 / of**2)) / (1 + z * z / of)


def test_identical_code_is_hardly_ever_claimed(records: list[dict[str, Any]]) -> None:
    same = [r for r in records if r["effect"] == "same" and "verdict" in r]
    claimed = sum(r["verdict"] in ("faster", "slower") for r in same)

    assert len(same) >= 600
    assert 1 - least(len(same) - claimed, len(same)) <= 0.02


def test_intervals_hold_the_truth_about_as_often_as_they_say(records: list[dict[str, Any]]) -> None:
    units = {"same": 400, "0.5": 402, "1": 404, "5": 420}
    mine = [(400 / units[r["effect"]], r["low"], r["high"]) for r in records if "verdict" in r]

    assert sum(low <= truth <= high for truth, low, high in mine) / len(mine) >= 0.9


@pytest.mark.parametrize("load", [False, True], ids=["quiet", "one core busy"])
@pytest.mark.parametrize("effect", ["5", "1", "0.5"])
def test_what_is_there_is_found(records: list[dict[str, Any]], effect: str, load: bool) -> None:
    cell = [r for r in records if r["effect"] == effect and "verdict" in r and r["load"] is load]

    assert len(cell) >= 60
    assert least(sum(r["verdict"] == "slower" for r in cell), len(cell)) >= 0.85
    assert not any(r["verdict"] == "faster" for r in cell)
