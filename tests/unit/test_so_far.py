"""What is shown before all is done, and how wide: the first profiler's table, and a pipe that leads to a pager."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from perfkit.cli import profile_program as command
from perfkit.cli import terminal
from perfkit.errors import ProfilerUnavailable
from perfkit.grammar import Program
from perfkit.profiling import each
from perfkit.profiling.each import Wanted, take_each
from perfkit.profiling.program import ProgramRequest, profile_program
from perfkit.profiling.program_run import Looked, ProgramRun
from perfkit.protocol.counting import Inspected
from perfkit.report.profiles.profile import early_report
from perfkit.settings import Watcher
from tests.integration.test_report_others import sampled


def on_a_terminal(patch: pytest.MonkeyPatch) -> None:
    """Stderr is a terminal of 132 columns, COLUMNS is not set. Not a fixture: pytest swaps stderr after those."""
    patch.delenv("COLUMNS", raising=False)
    patch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: True, fileno=lambda: 2))
    patch.setattr(os, "get_terminal_size", lambda fd: os.terminal_size((132, 40)))


def test_a_pipe_to_a_pager_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch)
    ends = os.pipe()
    with os.fdopen(ends[0]), os.fdopen(ends[1], "w", encoding="utf-8") as pipe:
        assert terminal._width(pipe) == 132
        monkeypatch.setenv("COLUMNS", "70")
        assert terminal._width(pipe) == 70


def test_a_file_is_as_wide_as_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on_a_terminal(monkeypatch)
    unreal: Any = SimpleNamespace(isatty=lambda: False, encoding="utf-8", fileno=io.StringIO().fileno)

    with (tmp_path / "table.txt").open("w", encoding="utf-8") as file:
        assert terminal._width(file) == 100
    assert terminal._width(unreal) == 100


def test_the_first_profile_is_told_while_others_are_still_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def worker(*_: Any, **__: Any) -> Any:
        yield SimpleNamespace()

    def take(taken: Any, _: Any, name: str, *__: Any, **___: Any) -> None:
        taken.profiles.append(sampled(name, 60, 20, 20))

    monkeypatch.setattr(each, "_take", take)
    monkeypatch.setattr(each, "_inspected", lambda *_: Inspected(call_ns=1, passes=1, seams={}))
    session: Any = SimpleNamespace(worker=worker, outcome=SimpleNamespace(stateful={}))

    def told(*names: str) -> list[str]:
        found: list[str] = []
        watcher = Watcher(profiled=lambda profile: found.append(profile.profiler))
        take_each(session, ("forward", "small", ()), names, Wanted(), watcher)
        return found

    assert told("pyspy", "pyinstrument", "cprofile") == ["pyspy"]
    assert told("pyspy") == []  # its table is the report


def ran(monkeypatch: pytest.MonkeyPatch, *names: str, here: tuple[str, ...]) -> list[str]:
    """What happens while a program runs under some profilers, of which some are here."""
    happened: list[str] = []

    def run(self: Looked, name: str, *_: Any, **__: Any) -> ProgramRun:
        happened.append(f"run under {name}")
        if name not in here:
            raise ProfilerUnavailable("not here", hint="")
        spent: Any = SimpleNamespace(wall_ns=1)
        ended: Any = SimpleNamespace(stopped="", code=0, spent=spent)
        return ProgramRun(ended=ended, profile=sampled(name, 60, 20, 20))

    monkeypatch.setattr(Looked, "run", run)
    request = ProgramRequest(code=Program("json.tool", is_module=True), wanted=Wanted(profilers=names))
    watcher = Watcher(profiled=lambda profile: happened.append(f"table of {profile.profiler}"))
    profile_program(replace(request, stdin=io.BytesIO()), watcher)
    return happened


def test_the_first_profile_of_a_program_is_told_before_it_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    three, two = ("pyspy", "pyinstrument", "cprofile"), ("pyinstrument", "cprofile")

    assert ran(monkeypatch, *three, here=three) == [
        "run under pyspy",
        "table of pyspy",
        "run under pyinstrument",
        "run under cprofile",
    ]
    assert ran(monkeypatch, *three, here=two).index("table of pyinstrument") == 2  # the first that gave one
    assert ran(monkeypatch, "pyspy", here=three) == ["run under pyspy"]  # its table is the report
    assert ran(monkeypatch, *three, here=three[2:])[-1] == "run under cprofile"  # as is that of the last


def test_who_waits_for_a_program_at_a_terminal_sees_that_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command._show_early(sampled("pyspy", 60, 20, 20), 15)
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    command._show_early(sampled("pyspy", 60, 20, 20), 1)
    said = capsys.readouterr()
    assert said.out == ""  # the program's own
    assert "so far, by py-spy" in said.err
    assert said.err.count("%") == 2  # one function


def test_its_table_has_the_hot_functions() -> None:
    text = io.StringIO()
    Console(width=80, file=text).print(early_report(sampled("pyspy", 60, 20, 20), 2))

    head, _, first, second = text.getvalue().splitlines()[:4]
    assert head == "so far, by py-spy"
    assert "einsum" in first
    assert second.strip()
