"""What benchmarks/gpu.py says of a form that is wrong, or fails: no machine with a GPU is needed for that."""

from __future__ import annotations

import importlib
import itertools
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch


@pytest.fixture(scope="module")
def gpu(repository: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "benchmarks"))
        yield importlib.import_module("gpu")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_gradient_that_is_no_number_is_wrong_wherever_it_stands(gpu: Any, at: int) -> None:
    parts = importlib.import_module("support.gpuparts")
    right = [torch.ones(3), torch.ones(2), torch.ones(4)]
    assert parts._prove_step(None, (1.0, right), (1.0, right), None, "float32").startswith("0 of")

    found = [gradient.clone() for gradient in right]
    found[at][-1] = torch.nan
    with pytest.raises(parts.Wrong, match="nan of the gradient"):
        parts._prove_step(None, (1.0, right), (1.0, found), None, "float32")


@pytest.mark.parametrize(
    ("error", "said"),
    [(AssertionError(), "AssertionError"), (ValueError("\n"), "ValueError"), (ValueError("a\nb"), "ValueError: a")],
)
def test_an_error_is_said_in_a_line(gpu: Any, error: Exception, said: str) -> None:
    assert gpu.gpurun.in_a_line(error) == said


def documented(x: torch.Tensor) -> torch.Tensor:
    return 2 * x


@pytest.fixture
def measured(gpu: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Rows of one part, in a process of its own or in this one: its documented form, and others by name."""
    parts = importlib.import_module("support.gpuparts")
    forms = importlib.import_module("support.gpuforms")

    def rows(apart: bool = True, seconds: float = 100.0, **calls: Callable[..., Any]) -> list[dict[str, Any]]:
        calls = {"documented": documented, **calls}
        part = parts.Part(
            name="mix",
            forms=tuple(forms.Form(name, lambda device, c=c: c) for name, c in calls.items()),
            dtypes=("float32",),
            ready=lambda bench, table, beside: (table, [torch.ones(4) for _ in range(8)]),
            prove=parts._prove_close,
            floor=lambda bench, beside: (0.0, 0.0),
        )
        for module in (gpu, gpu.gpurun):
            monkeypatch.setattr(module, "PARTS", (part,))
        bench = parts.Bench(torch.device("cpu"), 1, 4)
        run = gpu.Run(bench, tmp_path / "rows", time.monotonic() + seconds, 3)
        gpu.measure_all(run, apart=apart, without={})
        return gpu.read(run.out)

    monkeypatch.setattr(gpu, "PROCESSES", multiprocessing.get_context("fork"))  # in which what is planted is there
    monkeypatch.setattr(gpu.gpurun, "TIMING_S", 1.0)
    return rows


def outcome(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What is said of each form in the end."""
    return {row["form"]: row.get("why", row["kind"]) for row in rows if row["kind"] in ("time", "failed", "skipped")}


@pytest.mark.parametrize("fails_in", [0, 6])
def test_a_form_that_fails_has_a_row_and_the_others_go_on(measured: Any, fails_in: int) -> None:
    calls = itertools.count()

    def fails(x: torch.Tensor) -> torch.Tensor:
        if next(calls) == fails_in:  # in its proof, or in a timed call
            raise RuntimeError("out of memory")
        return 2 * x

    rows = measured(apart=False, Triton=fails, last=documented)

    assert outcome(rows) == {"documented": "time", "Triton": "RuntimeError: out of memory", "last": "time"}
    assert {row["calls"] for row in rows if row["kind"] == "time"} == {3}


def test_a_form_that_takes_too_long_is_interrupted(gpu: Any, measured: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu.gpurun, "FORM_S", 0.05)

    assert outcome(measured(apart=False, slow=lambda x: time.sleep(30)))["slow"] == "more than 0 s"


def test_where_the_documented_form_fails_all_do_and_say_so(measured: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "documented", lambda x: 1 / 0)

    found = outcome(measured(apart=False, Triton=lambda x: 2 * x))
    assert found == dict.fromkeys(("documented", "Triton"), "ZeroDivisionError: division by zero")


@pytest.mark.slow
def test_a_form_that_ends_the_process_is_left_out_and_the_others_are_measured(measured: Any) -> None:
    rows = measured(Triton=lambda x: os.kill(os.getpid(), signal.SIGKILL), last=documented)

    assert [row["why"] for row in rows if row["kind"] == "failed"] == ["its process was ended by signal 9"]
    assert outcome(rows)["last"] == "time"
    assert [row["form"] for row in rows if row["kind"] == "time"] == ["documented", "last"]


@pytest.mark.slow
def test_a_form_that_hangs_where_no_signal_reaches_it_is_ended(
    gpu: Any, measured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu.gpurun, "FORM_S", 1.0)
    monkeypatch.setattr(gpu, "GRACE_S", 0.5)

    def hangs(x: torch.Tensor) -> torch.Tensor:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        time.sleep(60)
        return x

    rows = measured(Triton=hangs, last=documented)

    assert [row["why"] for row in rows if row["kind"] == "failed"] == ["no answer for 2 s"]
    assert outcome(rows)["last"] == "time"


@pytest.mark.slow
def test_a_form_at_work_when_the_time_of_its_part_is_over_is_not_held_to_hang(
    gpu: Any, measured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "GRACE_S", 0.2)
    calls = itertools.count()

    def slow(x: torch.Tensor) -> torch.Tensor:
        time.sleep(2.0 * (next(calls) > gpu.gpurun.WARM_UP))
        return 2 * x

    found = outcome(measured(seconds=1.5, Triton=slow))
    assert found["Triton"] == "no time left"


def test_compilers_are_tried_last(measured: Any) -> None:
    rows = measured(apart=False, **{"torch.compile": documented, "Triton": documented})

    assert [row["form"] for row in rows if row["kind"] == "ready"] == ["documented", "Triton", "torch.compile"]


def test_when_its_time_is_over_it_ends(measured: Any) -> None:
    rows = measured(apart=False, seconds=0.5, last=documented)

    assert outcome(rows) == {"documented": "no time left", "last": "no time left"}
    assert rows[-1]["kind"] == "end"


def test_autocast_keeps_no_weight_from_call_to_call(gpu: Any) -> None:
    bench, layer, x = SimpleNamespace(device=torch.device("cpu")), torch.nn.Linear(8, 8, bias=False), torch.ones(1, 8)
    call = gpu.gpurun.under(bench, "bfloat16", layer)
    with torch.no_grad():
        first = call(x)
        layer.weight.mul_(2)

        assert first.dtype == torch.bfloat16
        assert torch.equal(call(x), 2 * first)


@pytest.mark.slow
def test_all_of_it_runs_on_a_processor_that_poses_as_a_gpu(
    gpu: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Posing(gpu.gpurun.Timer):  # type: ignore[misc, name-defined]
        def __init__(self, device: torch.device) -> None:
            super().__init__(device)
            self.on_gpu = True

    class Event:
        def __init__(self, *, enable_timing: bool) -> None:
            assert enable_timing

        def record(self) -> None:
            self.at_ms = 1e3 * time.perf_counter()

        def elapsed_time(self, stop: Any) -> float:
            return float(stop.at_ms - self.at_ms)

    timer, forms = (importlib.import_module(f"support.{name}") for name in ("gputimer", "gpuforms"))
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: None)
    monkeypatch.setattr(gpu.gpurun, "Timer", Posing)
    monkeypatch.setattr(timer, "COPIED", timer.COPIED_HERE)
    monkeypatch.setattr(timer, "MULTIPLIED", timer.MULTIPLIED_HERE)
    monkeypatch.setattr(sys, "argv", ["gpu.py", "--smoke"])
    for form in (*forms.FORMS, *forms.MIXES):  # Triton's are timed where it is installed
        monkeypatch.setitem(form.__dict__, "proven_only", lambda device: "")
    gpu.main()

    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines() if line.count(" | ") == 6]
    rows = [row for row in rows if row[1] in ("float32", "bfloat16")]
    timed = {f"{row[0]} {row[1]}" for row in rows if row[3].endswith(")")}  # cold, which only a GPU is
    both = ("documented", "vectorised", "traditional", "traditional, sdpa")
    assert timed >= {f"| {form} {dtype}" for form in both for dtype in ("float32", "bfloat16")}
    assert timed >= {"| rfft-mix float32", "| fused-mix float32"}
    assert not [row for row in rows if "failed" in row[-1] or "REJECTED" in row[-1]]


@pytest.mark.slow
def test_it_needs_torch_and_nothing_else(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [re.split("[^A-Za-z0-9_-]", need)[0].replace("-", "_") for need in project["dependencies"]]
    missing = {name: None for name in needed if name != "torch"}
    assert "numpy" in missing
    script = repository / "benchmarks" / "gpu.py"
    code = f"import runpy, sys; sys.modules.update({missing}); sys.argv = [sys.argv[1], '--smoke']; "
    done = subprocess.run(
        [sys.executable, "-c", f"{code} runpy.run_path(sys.argv[0], run_name='__main__')", str(script)],
        cwd=script.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    assert "| vectorised | bfloat16 |" in done.stdout


def test_of_a_part_that_was_begun_once_more_the_last_rows_count(gpu: Any) -> None:
    common = {"part": "mix", "dtype": "float32"}
    figures = {"low_s": 1.0, "high_s": 1.0, "floor_s": 0.1, "too_fast": False}
    time_row = {"kind": "time", **common, "state": "warm", **figures}
    rows = [
        {"kind": "begun", **common},
        {**time_row, "form": "documented", "median_s": 8.0},
        {"kind": "failed", **common, "form": "Triton", "why": "its process was ended by signal 11"},
        {"kind": "begun", **common},
        {**time_row, "form": "documented", "median_s": 3.0},
        {"kind": "skipped", **common, "form": "Triton", "why": "left out"},
    ]
    said = gpu.tables(rows)

    assert "3e+03" in said
    assert "8e+03" not in said
    assert "| 1x |" in said  # beside documented: the one of the same processes
    assert "failed: its process was ended by signal 11" in said


def test_a_part_that_had_no_time_to_be_begun_once_more_keeps_what_it_had(gpu: Any) -> None:
    common = {"part": "mix", "dtype": "float32"}
    figures = {"low_s": 1.0, "high_s": 1.0, "floor_s": 0.1, "too_fast": False}
    rows = [
        {"kind": "begun", **common},
        {"kind": "time", **common, "state": "warm", **figures, "form": "documented", "median_s": 8.0},
        {"kind": "failed", **common, "form": "Triton", "why": "its process was ended by signal 11"},
        {"kind": "begun", **common},
        {"kind": "skipped", **common, "form": "documented", "why": "no time left"},
    ]
    said = gpu.tables(rows)

    assert "8e+03" in said
    assert "no time left" not in said


def test_with_little_time_every_part_has_rows(measured: Any, gpu: Any) -> None:
    rows = measured(seconds=0.5)

    assert outcome(rows) == {"documented": "no time left"}
    assert rows[-1]["kind"] == "end"


def test_an_earlier_run_in_the_same_file_is_not_this_one(gpu: Any) -> None:
    rows = [{"kind": "run"}, {"kind": "wrong"}, {"kind": "run"}, {"kind": "end"}]

    assert gpu.last_run(rows) == rows[2:]


def test_beside_documented_is_beside_that_form_alone(gpu: Any) -> None:
    common = {"kind": "time", "part": "mix", "dtype": "float32", "state": "warm", "low_s": 1.0, "high_s": 1.0}
    rows = [
        {**common, "form": form, "median_s": seconds, "floor_s": 0.1, "too_fast": False}
        for form, seconds in (("Triton", 1.0), ("documented", 3.0))
    ]

    assert "| 0.1 | 3x |" in gpu.tables(rows)
    assert "| 0.1 | – |" in gpu.tables(rows[:1])
