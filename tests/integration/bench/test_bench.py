"""`perfkit bench`: seams and functions by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit import api
from perfkit.report.bench import BenchReport, is_bench
from perfkit.report.document import read_document, to_json, write_text
from perfkit.result import Document
from perfkit.sources import callables
from perfkit.worker.device.timer import DeviceTimer
from tests.device.fake import FakeDevice

from .conftest import BRIEF


@pytest.fixture
def toy(briefly: None, toy_catalog: Callable[..., Path]) -> Document:
    folder = toy_catalog("identity", "zeros", "mutates_input")
    found = api.catalog([folder])
    return api.bench(found, ["toy"], settings=replace(BRIEF, catalogs=(folder,)))


def test_every_seam_has_its_baseline_and_each_recipe_its_proof(toy: Document, tmp_path: Path, draw: Any) -> None:
    rows = {(r.cell.seam, *r.recipes): r for r in toy.results}

    assert {seam for seam, *_ in rows} == {"mix", "finish", "cube", "never"}
    measured = [r for r in toy.results if r.verdict == "measured"]
    assert {r.cell.seam for r in measured} == {"mix", "finish", "cube"}
    assert all(r.recipes == () and r.cell.kind == "micro" and r.bench for r in measured)
    assert all(r.bench.time_ns[0] == pytest.approx(r.baseline_ns) for r in measured if r.bench)
    assert "never calls it" in rows[("never",)].note
    assert rows["mix", "toy/zeros"].verdict == "rejected"
    mutating = rows["mix", "toy/mutates-input"]
    assert mutating.verdict == "rejected"
    assert "input" in mutating.proof.detail + mutating.note
    identity = rows["mix", "toy/identity"]
    assert identity.proof.passed
    assert identity.speedup is not None
    assert identity.bench is not None

    mix = rows[("mix",)].bench
    assert mix is not None
    assert "float64 (24, 64)" in mix.data
    assert mix.inputs.floats >= 24 * 64
    assert (mix.outputs.floats, mix.outputs.subnormal) == (24 * 64, 0)

    file = tmp_path / "run.json"
    write_text(to_json(toy), file)
    again = read_document(file)
    assert again.results == toy.results
    assert is_bench(again)
    table = draw(BenchReport(again, {}), 100)
    assert "first look" in table
    assert "a first look, verdicts take 5 processes: perfkit bench " in table
    assert all("(" not in line for line in table.splitlines() if line.endswith("first look"))  # no interval of two
    assert "REJECTED" in table
    assert "never: run never calls it" in table


def test_a_function_has_its_first_call_and_later_ones(function: Any) -> None:
    rows, _, seen = function("double", first=True, size="32", dtype="float16")

    assert {*rows} == {"cold", "warm"}
    assert all(r.verdict == "measured" and r.processes == 2 for r in rows.values())
    assert rows["warm"].bench.data == "float16 (32,)"
    assert rows["warm"].cell.full_size == "made[size=32,dtype=float16]"
    assert {str(dtype) for dtype in seen} == {"float16"}


def test_a_sweep_measures_each_point(function: Any) -> None:
    _, document, _ = function("double", sweep="size=8,16")

    assert [r.bench.data for r in document.results if r.cell.state == "warm"] == ["float32 (8,)", "float32 (16,)"]


def test_a_function_that_fails_is_said_to(function: Any) -> None:
    with pytest.raises(perfkit.errors.WorkFailed, match="broken"):
        function("breaks")


def test_a_function_that_gives_something_else_each_time_is_measured_all_the_same(function: Any) -> None:
    rows, document, _ = function("random")

    assert rows["warm"].verdict == "measured"
    assert "nothing was compared" in document.warnings[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("swiglo",), "did you mean swiglu"),
        (("gate", "--dtype", "f4"), "no dtype is called 'f4'"),
        (("gate", "--inputs", "a:b"), "--inputs is for a function"),
        (("a:b", "c:d"), "one function at a time"),
        (("run.py",), "is a program"),
        (("--trap", "gate"), "--trap shows two programs of its own"),
        (("gate", "--gc", "maybe"), "--gc is on or off"),
        (("a:b", "--size", "small"), "a whole number"),
        (("a:b", "--size", "3"), "nothing is named"),
    ],
)
def test_what_does_not_fit_is_refused(perfkit_here: Any, words: tuple[str, ...], said: str) -> None:
    done = perfkit_here("bench", *words)

    assert done.rc == 2
    assert said in done.stderr


def test_the_command_prints_the_table_and_the_answer(briefly: None, perfkit_here: Any, mine: Path) -> None:
    words = ("--inputs", "mine:make", "--budget", "0.1s", "--processes", "2", "--save", "run.json")
    done = perfkit_here("bench", "mine:double", *words, cwd=mine)

    assert (done.rc, done.lines[0]) == (0, "mine:double")
    assert "later calls" in done.stdout
    assert done.lines[-1].startswith("mine:double: ")
    assert is_bench(read_document(mine / "run.json"))


def test_from_python_it_gives_what_compare_gives(briefly: None, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mine)
    found = perfkit.bench("mine:double", inputs="mine:make", settings=BRIEF)

    assert type(found).__name__ == "Compared"
    assert found.verdict == "measured"
    assert found.results[-1].bench is not None
    assert "later calls" in found.table()
    assert '"measured"' in found.to_json()


def test_on_a_device_first_calls_are_left_out_and_said_to_be(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    device = FakeDevice()
    monkeypatch.setattr(callables, "_timer_of", lambda inputs: DeviceTimer(device, device.host))
    rows, document, _ = function("double", first=True)

    assert {*rows} == {"warm"}
    assert rows["warm"].verdict == "measured"
    assert sum("first calls are not measured on a device" in said for said in document.warnings) == 1
