"""What the command line writes when a run is stopped or cannot be written: invented runs, real signals and files."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit import api
from perfkit.cli.main import main
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.report.document import to_json
from perfkit.result import CutShort, Document
from perfkit.session.open_worker import Opener

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

        monkeypatch.setattr(api, "compare", compare)

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


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, invented: Any) -> Document:
    """What any comparison gives now; the temporary folder is `rescued`."""
    (tmp_path / "rescued").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "rescued"))
    monkeypatch.setattr(api, "compare", lambda *_, **__: invented.full)
    document: Document = invented.full
    return document


def full_disk(*files: str) -> Any:
    """`write_bytes` on a disk that takes none of these files."""

    def write(content: bytes, path: Path) -> None:
        if any(name in str(path) for name in files):
            raise PerfkitError(f"cannot write {path}: No space left on device")
        path.write_bytes(content)

    return write


def test_a_run_that_cannot_be_written_is_rescued_and_the_other_files_are_written(
    measured: Document, perfkit_here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.report.document.write_bytes", full_disk("run.json"))

    run = perfkit_here(*COMPARE, "--save", "run.json", "--markdown", "table.md")

    assert run.rc == 1
    assert run.stdout.startswith("model / ")
    rescue, complaint = run.stderr.splitlines()
    assert complaint == "perfkit: cannot write run.json: No space left on device"
    (file,) = (tmp_path / "rescued").iterdir()
    assert rescue == f"perfkit: the run is saved as {file}"
    assert file.read_text(encoding="utf-8") == to_json(measured) + "\n"
    assert (tmp_path / "table.md").read_text(encoding="utf-8").startswith("| recipe |")


def test_one_whole_copy_is_enough(
    measured: Document, perfkit_here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.report.document.write_bytes", full_disk("run.json"))

    run = perfkit_here(*COMPARE, "--save", "run.json", "--json", "other.json")

    assert (run.rc, run.stderr) == (1, "perfkit: cannot write run.json: No space left on device\n")
    assert json.loads((tmp_path / "other.json").read_text(encoding="utf-8"))
    assert not list((tmp_path / "rescued").iterdir())


def test_a_temporary_folder_that_is_full_too_is_said(
    measured: Document, perfkit_here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.report.document.write_bytes", full_disk("run"))

    run = perfkit_here(*COMPARE, "--json", "run.json")

    assert run.rc == 1
    assert "the run cannot be saved in the temporary folder either" in run.stderr


@pytest.mark.parametrize("option", ["--save", "--json", "--markdown"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        (".", "perfkit: . is a folder"),
        ("none/run", "perfkit: there is no folder none"),
        ("file/run", "perfkit: there is no folder file"),
    ],
)
def test_a_file_that_can_never_be_written_is_refused_before_anything_is_measured(
    perfkit_here: Any, tmp_path: Path, option: str, name: str, says: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    run = perfkit_here(*COMPARE, option, name)

    assert (run.rc, run.stdout) == (2, "")
    assert run.stderr.splitlines()[0] == says


@pytest.mark.parametrize("words", [(), ("--json", "-"), ("--markdown", "-")])
def test_the_error_that_ended_a_run_is_said_though_nobody_reads_standard_output(
    invented: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    def compare(*_: Any, **__: Any) -> Document:
        raise CutShort(WorkFailed("no more workers"), replace(invented.one, status="interrupted"))

    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(api, "compare", compare)
    monkeypatch.setattr(sys, "argv", ["perfkit", *COMPARE, *words])
    unread = os.fdopen(writer, "w", encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", unread)
    with pytest.raises(SystemExit) as ended:
        main()
    with contextlib.suppress(BrokenPipeError):
        unread.close()

    assert ended.value.code == 5
    assert "perfkit: no more workers" in capsys.readouterr().err


def test_a_signal_after_the_error_that_ended_a_run_does_not_hide_it(
    invented: Any, monkeypatch: pytest.MonkeyPatch, perfkit_here: Any
) -> None:
    def compare(*_: Any, **__: Any) -> Document:
        os.kill(os.getpid(), signal.SIGTERM)
        raise CutShort(WorkFailed("no more workers"), replace(invented.one, status="interrupted"))

    monkeypatch.setattr(api, "compare", compare)
    run = perfkit_here(*COMPARE)

    assert run.rc == 143
    assert "perfkit: no more workers" in run.stderr


def test_samples_are_kept_when_a_session_cannot_go_on(
    planted: Path, perfkit_inline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Opener.ahead

    def worker(self: Opener, process: int, **options: Any) -> Any:
        if process == 1:
            raise WorkFailed("no more workers")
        return start(self, process, **options)

    monkeypatch.setattr(Opener, "ahead", worker)
    words = ("--catalog", planted, "--recipe", "plain-cube", "--budget", "0.2s", "--processes", "2")

    run = perfkit_inline("compare", *words, "--save", "run.json")

    assert run.rc == 5
    assert "perfkit: no more workers" in run.stderr
    document = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert document["samples"]
    assert document["reached"].startswith("by an error while measuring, process 1 of 2")


def test_a_run_that_is_stopped_and_cannot_be_written_is_rescued_under_the_signals_code(
    stopped: Any, measured: Document, perfkit_here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(measured, signal.SIGTERM)
    monkeypatch.setattr("perfkit.report.document.write_bytes", full_disk("run.json"))

    run = perfkit_here(*COMPARE, "--save", "run.json")

    assert run.rc == 143
    assert run.stderr.splitlines()[1] == "perfkit: cannot write run.json: No space left on device"
    (file,) = (tmp_path / "rescued").iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["status"] == "interrupted"
