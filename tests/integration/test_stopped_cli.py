"""What the command line writes when a run is stopped: the runs are invented, the signals and files are real."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit import app
from perfkit.report.document import to_json
from perfkit.result import Document

COMPARE = ("compare", "glassbox", "--all")
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`stopped(document, number)`: a comparison that a signal cuts short, having come as far as the document."""

    def set_(document: Document, number: int = signal.SIGINT) -> None:
        def compare(*_: Any, watcher: Any, **__: Any) -> Document:
            with pytest.raises(KeyboardInterrupt), watcher.interruptible():
                os.kill(os.getpid(), number)
            return replace(document, status="interrupted")

        monkeypatch.setattr(app, "compare", compare)

    return set_


@pytest.fixture
def nothing(invented: Any) -> Document:
    said = "during proofs: 19 of 20 recipes proven, none measured"
    return replace(invented.one, status="interrupted", results=(), samples=(), reached=said)


@pytest.mark.parametrize("option", ["--save", "--json", "--markdown"])
def test_an_older_file_stays_when_nothing_was_measured(
    stopped: Any, nothing: Document, perfkit_here: Any, tmp_path: Path, option: str
) -> None:
    stopped(nothing)
    (tmp_path / "old").write_text("an older run", encoding="utf-8")

    run = perfkit_here(*COMPARE, option, "old")

    assert run.rc == 130
    assert (tmp_path / "old").read_text(encoding="utf-8") == "an older run"
    assert run.stderr == "perfkit: nothing was measured: old is left as it was\n"
    assert run.lines[-1] == "status interrupted during proofs: 19 of 20 recipes proven, none measured"
    assert "unavailable" not in run.stdout

    run = perfkit_here(*COMPARE, option, "new")
    assert run.stderr == "perfkit: nothing was measured: new is not written\n"
    assert not (tmp_path / "new").exists()


def test_standard_output_still_gets_its_one_document(stopped: Any, nothing: Document, perfkit_here: Any) -> None:
    stopped(nothing)

    assert perfkit_here(*COMPARE, "--json", "-").json["reached"] == nothing.reached


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_what_was_measured_is_saved_whatever_the_signal(
    stopped: Any, invented: Any, perfkit_here: Any, tmp_path: Path, number: int, code: int
) -> None:
    stopped(invented.full, number)

    run = perfkit_here(*COMPARE, "--save", "run.json")

    assert run.rc == code
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["status"] == "interrupted"
    assert perfkit_here("show", "run.json").stdout == run.stdout


def test_rows_that_were_not_measured_are_one_line_against_an_older_run(
    invented: Any, nothing: Document, perfkit_here: Any, tmp_path: Path
) -> None:
    known = {**invented.full.environment, "memory_bytes": 8e9}
    whole = replace(invented.full, environment=known, results=invented.full.results[:8])
    early = replace(whole, status="interrupted", results=whole.results[:2])
    for name, document in (("whole", whole), ("early", early), ("nothing", replace(nothing, environment=known))):
        (tmp_path / name).write_text(to_json(document), encoding="utf-8")

    run = perfkit_here("show", "early", "--against", "whole")
    assert [line for line in run.lines if " only" in line] == [
        "old only 6 rows; the other run was interrupted before it had them"
    ]
    run = perfkit_here("show", "nothing", "--against", "whole")
    assert run.stderr.startswith("perfkit: the new run was interrupted during proofs: 19 of 20 recipes proven, none")
