"""The simulation of docs/method.md, with fewer sessions: a wrong interval or a loose verdict shows in it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SESSIONS = int(os.environ.get("PERFKIT_COVERAGE", "24"))  # of each model, from one seed on; more in `make long`
ERROR = math.sqrt(0.95 * 0.05 / SESSIONS)  # of the share that is covered: 4.4 % for 24, 1.8 % for 150


def test_intervals_cover_and_equal_sides_are_not_claimed(repository: Path, environment: dict[str, str]) -> None:
    line = [sys.executable, str(repository / "benchmarks" / "coverage.py"), "--replicates", str(SESSIONS), "--json"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)

    assert len(rows) == 8
    for row in rows:
        assert min(row["covered"], row["covered_at_3"]) > 0.95 - 3.3 * ERROR, row
        assert row["false"] <= max(0.03, 1 / SESSIONS), row
    assert sum(row["false"] for row in rows) / len(rows) <= 0.01
    assert sum(row["covered"] for row in rows) / len(rows) > 0.95 - 3.3 * ERROR / math.sqrt(len(rows))
