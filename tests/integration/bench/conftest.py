"""Benchmarks in the test's own process, of functions that are planted, and of a small catalogue."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from perfkit import api
from perfkit.microbench import functions, run
from perfkit.microbench.functions import named_function
from perfkit.result import Document, Result
from perfkit.session import counting as session_counting
from perfkit.settings import Settings
from perfkit.worker import sampler
from perfkit.worker.handlers import counting, measuring
from perfkit.worker.inline import InlineWorker

PLANTED = Path(__file__).with_name("planted.py")
BRIEF = Settings(processes=2, budget_s=0.05, whole_s=60.0, max_rounds=2, seed=1)

Measured = tuple[dict[str | None, Result], Document, list[Any]]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of the user's, with the planted functions as the module `mine`."""
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copy(PLANTED, folder / "mine.py")
    return folder


@pytest.fixture
def briefly(inline_workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers of a benchmark are in this process, and what takes time without being looked at is short."""
    for module in (functions, run):
        monkeypatch.setattr(module, "Session", partial(module.Session, start=InlineWorker, at_once=1))
    monkeypatch.setattr(session_counting, "_ENOUGH_NS", 1_000_000)
    monkeypatch.setattr(sampler, "_TAIL_NS", 1_000_000)
    monkeypatch.setattr(counting, "busy_after", lambda: False)
    monkeypatch.setattr(run, "_SOAK_S", 0.0)
    monkeypatch.setattr(measuring, "_MIN_SAMPLE_NS", 20_000)


@pytest.fixture
def function(briefly: None, mine: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Measured]:
    """Benchmarks one function of `mine`: the rows by state, the document, and what the function noted of its calls.

    `first`: its first calls too, each of which takes a fork.
    """
    seen: list[Any] = []
    close = InlineWorker.close

    def noting(worker: InlineWorker) -> None:
        if "mine" in sys.modules:
            seen.extend(sys.modules["mine"].SEEN)
            sys.modules["mine"].SEEN.clear()
        close(worker)

    monkeypatch.setattr(InlineWorker, "close", noting)

    rows = functions._rows

    def measured(name: str, settings: Settings = BRIEF, *, first: bool = False, **options: Any) -> Measured:
        if not first:
            monkeypatch.setattr(functions, "_rows", lambda *of: [r for r in rows(*of) if r.cell.state == "warm"])
        options = {"make": "mine:make"} | options
        asked = named_function(f"mine:{name}", folder=str(mine), **options)
        document = api.bench_function(asked, settings=settings)
        return {r.cell.state: r for r in document.results}, document, seen

    return measured
