"""The simulation of docs/method.md, with fewer sessions: a wrong interval or a loose verdict shows in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SESSIONS = 150  # the share that is covered then has a standard error of 1.8 %


def test_intervals_cover_and_equal_sides_are_not_claimed(repository: Path, environment: dict[str, str]) -> None:
    line = [sys.executable, str(repository / "benchmarks" / "coverage.py"), "--replicates", str(SESSIONS), "--json"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)

    assert len(rows) == 8
    for row in rows:
        assert min(row["covered"], row["covered_at_3"]) > 0.89, row
        assert row["false"] <= 0.03, row
    assert sum(row["false"] for row in rows) / len(rows) <= 0.01
