"""A profiler is its record: a sixth one that is planted runs, is read, and stands in the table and in suggestions."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import perfkit.profiling.run as profiling
from perfkit.cli import completion
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.profiler import Profiler, Ran, RegionProcess, Step
from perfkit.profilers.registry import PROFILERS, names_of, suggestion
from perfkit.worker.inline import InlineWorker

SOURCE = """\
def outer(n: int) -> int:
    return sum(inner(i) for i in range(n))


def inner(i: int) -> int:
    return i * i
"""


def collect(steps: Iterator[Step], rate: int) -> tuple[int, Any]:
    """Counts calls, and gives each call the same time."""
    calls: dict[tuple[str, str, int], int] = {}

    def hook(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call":
            label = (code.co_name, code.co_filename, code.co_firstlineno)
            calls[label] = calls.get(label, 0) + 1

    start_ns = time.perf_counter_ns()
    for step in steps:
        sys.setprofile(hook)
        try:
            step()
        finally:
            sys.setprofile(None)
    return time.perf_counter_ns() - start_ns, [[*label, count] for label, count in calls.items()]


def read(blank: Profile, ran: Ran, process: RegionProcess) -> Profile:
    spots = [
        HotSpot(name, file, line, count * 100, count * 100, count)
        for name, file, line, count in ran.raw
        if not process.is_root((name, file, line)) and file.endswith("work.py")
    ]
    return replace(blank, hotspots=tuple(sorted(spots, key=lambda h: -h.self_ns)))


TOY = Profiler(name="toy", title="Toy", collect=collect, read=read, empty="call something")


@pytest.fixture
def here(perfkit_here: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command line with its workers in this process, the toy beside the others, and a function to profile."""
    monkeypatch.setitem(PROFILERS, "toy", TOY)
    monkeypatch.setattr(profiling, "Session", partial(profiling.Session, start=InlineWorker))
    (tmp_path / "work.py").write_text(SOURCE, encoding="utf-8")
    return partial(perfkit_here, "profile", "work.py:outer", "--args", "n=20", "--duration", "20ms")


def test_a_profiler_that_is_planted_runs_and_has_its_column(here: Any) -> None:
    run = here("--with", "cprofile,Toy")

    assert run.rc == 0
    (head,) = [line.split() for line in run.lines if line.strip().startswith("self ")]
    (inner,) = [line for line in run.lines if line.endswith("inner  work.py:5")]
    assert head[:3] == ["self", "total", "Toy"]
    assert "47.6 %" in inner  # 20 of 42 calls


def test_alone_its_figures_are_the_tables(here: Any) -> None:
    run = here("--with", "toy", "--json", "-")

    assert run.rc == 0
    calls = {spot["function"].rpartition(".")[2]: spot["calls"] for spot in run.json["hotspots"]}
    assert calls["inner"] == 20 * calls["outer"]
    assert [p["name"] for p in run.json["profilers"]] == ["toy"]


def test_it_is_suggested_like_the_others(here: Any) -> None:
    run = here("--with", "toyy")

    assert (run.rc, "did you mean toy?" in run.stderr) == (2, True)
    assert completion.profilers("pyspy,to") == ["pyspy,torch", "pyspy,toy"]
    assert suggestion(but="pyspy") == "--with pyinstrument,cprofile,toy"
    assert suggestion(programs=True) == "--with pyspy,pyinstrument,cprofile"  # it sees no whole programs
    assert names_of(["Toy", "toy", "cProfile"]) == ("toy", "cprofile")


def test_a_program_is_none_for_one_that_does_not_follow_it(here: Any, perfkit_here: Any) -> None:
    run = perfkit_here("profile", "--with", "toy", "work.py")

    assert run.rc == 2
    assert "Toy profiles targets only" in run.stderr


def test_one_that_sees_nothing_says_what_to_do(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROFILERS, "toy", replace(TOY, read=lambda blank, ran, process: blank))
    run = here("--with", "toy")

    assert run.rc == 7
    assert "Toy saw nothing" in run.stderr
    assert "call something" in run.stderr


def test_the_help_names_every_profiler(perfkit_here: Any) -> None:
    said = " ".join(perfkit_here("profile", "--help", env={"COLUMNS": "200"}).stdout.split())

    assert [name for name in PROFILERS if name not in said.partition("--with")[2]] == []


@pytest.mark.parametrize("profiler", PROFILERS.values(), ids=lambda p: p.name)
def test_a_record_has_one_way_to_run_and_a_name_that_is_its_own(profiler: Profiler) -> None:
    assert (profiler.collect is None) != (profiler.sampler is None)
    assert PROFILERS[profiler.name] is profiler
    assert profiler.title not in PROFILERS or profiler.title == profiler.name
    assert profiler.in_program is None or Path(profiler.in_program.collector).is_file()
    assert not (profiler.calmer or profiler.by_line) or profiler.sampler is not None
