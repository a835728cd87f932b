"""`perfkit bench` of several targets, or of one function at several points, where a later one is cut short."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import WorkFailed
from perfkit.report.document import read_document
from perfkit.result import CutShort
from perfkit.session.open_worker import Opener
from perfkit.session.session import Session

from .conftest import BRIEF

SEAMS = {"mix", "finish", "cube", "never"}
FAILS = "raise ValueError('unfit')"


@pytest.fixture
def bench(briefly: None, toy_catalog: Callable[..., Path], perfkit_here: Any) -> Callable[..., Any]:
    """`bench(line, *words)`: of the target `toy`, and then of `zoo`, which is the same but for this line of a call."""

    def run(line: str, *words: str) -> Any:
        return perfkit_here(*command(toy_catalog(), line), *words)

    return run


def command(catalog: Path, line: str) -> list[str]:
    targets = catalog / "sample_targets"
    shutil.copytree(targets / "toy", targets / "zoo")
    file = targets / "zoo" / "target.py"
    text = file.read_text(encoding="utf-8").replace('id="toy"', 'id="zoo"')
    file.write_text(text.replace("        return self.ops.finish", f"        {line}\n        return self.ops.finish"))
    return ["bench", "toy", "zoo", "--catalog", str(catalog), "--budget", "0.1s", "--processes", "2"]


def rows(file: Path) -> dict[str, set[str | None]]:
    """The seams of each target, as they were saved."""
    document = read_document(file)
    assert document.samples
    assert document.status == "interrupted"
    targets = dict.fromkeys(r.cell.target for r in document.results)
    return {target: {r.cell.seam for r in document.results if r.cell.target == target} for target in targets}


def test_what_earlier_targets_gave_is_written_where_a_later_one_fails(bench: Any, tmp_path: Path) -> None:
    run = bench(FAILS, "--json", "a.json", "--save", "b.json")

    assert run.rc == 5
    assert run.lines[0].startswith("toy")
    assert "status interrupted by an error in zoo: this is what was measured so far" in run.lines
    assert run.stderr == "perfkit: run, counting pass: ValueError: unfit (target.py:24)\n"
    assert rows(tmp_path / "a.json") == rows(tmp_path / "b.json") == {"toy": SEAMS}


def test_on_standard_output_it_is_the_one_document(bench: Any) -> None:
    run = bench(FAILS, "--json", "-")

    assert run.rc == 5
    assert run.json["reached"] == "by an error in zoo"
    assert {r["target"] for r in run.json["results"]} == {"toy"}


def test_where_no_file_is_named_the_run_is_rescued(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = bench(FAILS)

    assert run.rc == 5
    (file,) = tmp_path.glob("perfkit-run-*.json")
    assert run.stderr.splitlines()[0] == f"perfkit: the run is saved as {file}"
    assert rows(file) == {"toy": SEAMS}


@pytest.fixture
def at_the_second_process(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`at_the_second_process(happens)`: when the worker of the second process of the second target is opened."""

    def set_(happens: Callable[[], None]) -> None:
        ahead, opened = Opener.ahead, list[int]()

        def worker(self: Opener, process: int, **options: Any) -> Any:
            opened.append(process)
            if process == 1 and opened.count(1) == 2:
                happens()
            return ahead(self, process, **options)

        monkeypatch.setattr(Opener, "ahead", worker)

    return set_


def no_more() -> None:
    raise WorkFailed("no more workers")


def test_what_a_target_gave_before_it_failed_is_kept(
    bench: Any, at_the_second_process: Callable[..., None], tmp_path: Path
) -> None:
    at_the_second_process(no_more)
    run = bench("pass", "--json", "a.json")

    assert run.rc == 5
    assert "zoo  a matrix product and a cube" in run.lines
    assert "status interrupted by an error in zoo: this is what was measured so far" in run.lines
    assert run.stderr == "perfkit: no more workers\n"
    assert rows(tmp_path / "a.json") == {"toy": SEAMS, "zoo": SEAMS}


def test_an_interruption_keeps_the_targets_so_far(
    bench: Any, at_the_second_process: Callable[..., None], tmp_path: Path
) -> None:
    at_the_second_process(lambda: signal.raise_signal(signal.SIGINT))
    run = bench("pass", "--json", "a.json")

    assert (run.rc, run.stderr) == (130, "")
    assert "status interrupted in zoo: this is what was measured so far" in run.lines
    assert rows(tmp_path / "a.json") == {"toy": SEAMS, "zoo": SEAMS}


def test_of_what_was_still_to_come_nothing_is_said(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "measure", lambda *_: signal.raise_signal(signal.SIGINT))
    run = bench("pass", "--json", "-")

    assert run.rc == 130
    assert run.json["results"] == []


def test_who_stops_reading_has_the_file_that_he_asked_for(
    bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("perfkit.cli.bench.emit", unread)

    assert bench("pass", "--json", "a.json").rc == 0
    assert rows(tmp_path / "a.json") == {"toy": SEAMS}


def test_who_stops_reading_wants_no_other(bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("perfkit.cli.bench.emit", unread)

    assert (bench("pass").stderr, [*tmp_path.glob("perfkit-run-*")]) == ("", [])


def unread(*_: Any, **__: Any) -> None:
    raise BrokenPipeError


@pytest.mark.parametrize("option", ["--json", "--save"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_measured(perfkit_here: Any, option: str) -> None:
    run = perfkit_here("bench", option, "none/run")

    assert (run.rc, run.stdout) == (2, "")
    assert run.stderr.startswith("perfkit: there is no folder none\n")


def test_a_function_that_fails_at_a_later_point_keeps_the_points_before(function: Any) -> None:
    with pytest.raises(CutShort, match="too wide") as cut:
        function("narrow", sweep="size=8,16,32")

    document = cut.value.document
    assert [dict(r.cell.axes) for r in document.results] == [{"size": 8}]
    assert document.results[0].verdict == "measured"
    assert document.reached == "by an error at size 16"
    assert isinstance(cut.value.error, WorkFailed)


def test_a_function_that_fails_while_it_is_timed_keeps_its_first_calls(function: Any) -> None:
    with pytest.raises(CutShort, match="overwritten by now") as cut:
        function("reuses", replace(BRIEF, budget_s=2.0), first=True)  # the second round tells

    assert {r.cell.state: r.verdict for r in cut.value.document.results} == {"cold": "measured", "warm": "failed"}
