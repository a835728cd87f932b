"""Every benchmark still runs: `--smoke` takes it through its code in seconds, claims nothing and leaves no trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
NAMES = sorted(path.stem for path in BENCHMARKS.glob("*.py"))


def test_there_are_benchmarks() -> None:
    assert "trust" in NAMES
    assert "harness" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name: str, environment: dict[str, str]) -> None:
    data = {path: path.read_bytes() for path in BENCHMARKS.glob("data/*")}
    line = [sys.executable, str(BENCHMARKS / f"{name}.py"), "--smoke"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr
    assert "claim" in done.stdout
    assert {path: path.read_bytes() for path in BENCHMARKS.glob("data/*")} == data
