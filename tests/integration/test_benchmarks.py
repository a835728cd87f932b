"""Every benchmark still runs: `--smoke` takes it through its code in seconds, claims nothing and leaves no trace.

In an ordinary run models are small, nothing is compiled, and comparisons that a benchmark starts are in forks; `make
long` (PERFKIT_BENCHMARKS=whole) runs each as whoever types it does.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from perfkit.sample_targets.compressor import model as compressor
from perfkit.sample_targets.compressor import weights
from perfkit.session import session
from perfkit.worker.inline import InlineWorker

from ..conftest import Run

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
NAMES = sorted(path.stem for path in BENCHMARKS.glob("*.py"))
# importing torch took most of their time, and starting workers, or perfkit
HERE = ("baselines", "beside_torch", "compare_time", "compression", "finite_memory", "gpu", "scale", "trust", "versus")
WHOLE = os.environ.get("PERFKIT_BENCHMARKS") == "whole"
WORDS = {"profile_truth": ["--with", "pyspy"]}  # one profiler; the others are asked in the same way


def test_there_are_benchmarks() -> None:
    assert "trust" in NAMES
    assert "harness" in NAMES
    assert {*HERE, *WORDS} <= {*NAMES}


@contextmanager
def without_a_trace() -> Iterator[None]:
    """Nothing is written to the benchmarks' data."""
    data = {path: path.read_bytes() for path in BENCHMARKS.glob("data/*")}
    yield
    assert {path: path.read_bytes() for path in BENCHMARKS.glob("data/*")} == data


@pytest.mark.parametrize("name", [name for name in NAMES if WHOLE or name not in HERE])
def test_it_runs(name: str, environment: dict[str, str]) -> None:
    with without_a_trace():
        line = [sys.executable, str(BENCHMARKS / f"{name}.py"), "--smoke", *(() if WHOLE else WORDS.get(name, ()))]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr
    assert "claim" in done.stdout


@pytest.mark.skipif(WHOLE, reason="each runs in a process of its own")
@pytest.mark.usefixtures("inline_workers")
@pytest.mark.filterwarnings("default")  # a benchmark is a program, and not a test
@pytest.mark.parametrize("name", HERE)
def test_it_runs_in_this_process(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    perfkit_forked: Callable[..., Run],
) -> None:
    monkeypatch.setattr(sys, "argv", [str(BENCHMARKS / f"{name}.py"), "--smoke"])
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    for module in [known for known in sys.modules if known.partition(".")[0] in ("support", "trials")]:
        monkeypatch.delitem(sys.modules, module)  # they import what is replaced here
    monkeypatch.setattr(session, "Session", partial(session.Session, start=InlineWorker, at_once=1))
    monkeypatch.setattr(subprocess, "run", perfkit_in_a_fork(perfkit_forked, subprocess.run))
    small_models(monkeypatch)
    with without_a_trace(), uncompiled(monkeypatch):
        runpy.run_path(sys.argv[0], run_name="__main__")

    assert "claim" in capsys.readouterr().out


def perfkit_in_a_fork(perfkit_forked: Callable[..., Run], run: Callable[..., Any]) -> Callable[..., Any]:
    """`subprocess.run`, but that `python -m perfkit WORDS` runs in a fork, for few rounds."""

    def in_a_fork(line: list[str], **options: Any) -> Any:
        if line[1:3] != ["-m", "perfkit"]:
            return run(line, **options)
        done = perfkit_forked(*line[3:], rounds=2)
        return subprocess.CompletedProcess(line, done.rc, done.stdout, done.stderr)

    return in_a_fork


def small_models(patch: pytest.MonkeyPatch) -> None:
    """Byte models of one layer, and a compressor that is narrow and remembers little."""
    models = import_module("support.bytemodels")
    patch.setattr(models, "MODELS", tuple(replace(m, config=replace(m.config, layers=1)) for m in models.MODELS))
    narrow = partial(compressor.Config, width=16, heads=2, ff=32, context=16)
    drawn = weights.state_dict(narrow(), seed=0)
    patch.setattr(compressor, "Config", narrow)
    patch.setattr(weights, "trained", lambda: drawn)


@contextmanager
def uncompiled(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a recipe would have torch compile is left as it is; that it can be compiled its own proof shows."""
    import torch

    from perfkit.recipes.spectral.torch_compile import compiled

    compiled.cache_clear()
    patch.setattr(torch, "compile", lambda function, **options: function)
    yield
    compiled.cache_clear()
