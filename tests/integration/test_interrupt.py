"""Ctrl-C and sudden death: what was measured is kept, and no process is left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.slow

LONG = ("--budget", "300s", "--seed", "5")


@pytest.fixture
def measuring(
    environment: dict[str, str], planted: Path, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a long comparison and return it once its samples are being taken."""
    started = []

    def start(*words: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "perfkit", "compare", "--catalog", str(planted), "--recipe", "plain-cube"]
        process = subprocess.Popen(
            [*line, *LONG, *words],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stderr is not None
        assert process.stderr.readline().startswith("plan: ")
        assert until(lambda: workers(process))
        time.sleep(1.5)  # long enough for rounds; what is asserted does not depend on how many
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children(recursive=True)
    return [c for c in children if "perfkit.engine.worker" in c.cmdline()]


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that is dead and only waits to be reaped by its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(true: Callable[[], Any], seconds: float = 20) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_ctrl_c_prints_and_saves_what_was_measured(
    measuring: Callable[..., subprocess.Popen[str]], tmp_path: Path, perfkit_here: Any, planted: Path
) -> None:
    process = measuring("--save", "run.json")
    left = workers(process)

    process.send_signal(signal.SIGINT)
    table, complaint = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in complaint
    assert table.splitlines()[0].startswith("toy / plain-cube")
    assert "interrupted: this is what was measured so far" in table
    document = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert document["status"] == "interrupted"
    assert {r["kind"] for r in document["results"]} == {"micro", "macro"}
    assert whole_rounds(document["samples"]) > 0
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert not any(alive(p) for p in left)
    assert perfkit_here("show", tmp_path / "run.json", "--catalog", planted).stdout == table


def whole_rounds(samples: list[dict[str, Any]]) -> int:
    """How many rounds there are; every one of them has all three roles."""
    rounds: dict[tuple[Any, ...], set[str]] = {}
    for s in samples:
        rounds.setdefault((s["group"], s["process"], s["round"]), set()).add(s["role"])
    assert all(roles == {"baseline", "control", "candidate-1"} for roles in rounds.values())
    return len(rounds)


def test_ctrl_c_leaves_one_json_document_on_stdout(measuring: Callable[..., subprocess.Popen[str]]) -> None:
    process = measuring("--json", "-")
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=30)

    assert process.returncode == 130
    assert json.loads(text)["status"] == "interrupted"


def test_a_parent_killed_outright_leaves_no_worker(measuring: Callable[..., subprocess.Popen[str]]) -> None:
    process = measuring()
    left = workers(process)
    assert left

    process.kill()

    assert until(lambda: not any(alive(p) for p in left), 5)
