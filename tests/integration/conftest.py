"""Invented results, from which the golden tables of a comparison are drawn."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.cli.terminal import emit
from perfkit.recipe import Claim
from perfkit.result import ClaimOutcome, Document, Proof, ReadingOutcome, Result, Sample, Speedup

from ..conftest import Run
from .forked import Forks, Twist

ENVIRONMENT: dict[str, object] = {
    "cpu": "Imagined 9000",
    "cores": 4,
    "python": "3.12.1",
    "numpy": "2.4.0",
    "blas": "openblas 0.3.31.188.0",
    "blas_threads": 1,
    "threads": 1,
}
CLAIM = Claim(
    text="~14% of the forward pass",
    measure="share of time",
    low=0.10,
    high=0.14,
    workload="forward",
    on=("plan-first",),
    source="notes, 2026-10-24",
)
PASSED = Proof(passed=True, kind="exact", detail="", checked_calls=412, calls_of_one_instance=5300)


def row(recipe: str, verdict: str, speedup: tuple[float, float, float] | None = None, **changed: Any) -> Result:
    """One row; `speedup` is (point, low, high)."""
    measured = None if speedup is None else Speedup(point=speedup[0], low=speedup[1], high=speedup[2], level=0.95)
    macro = Result(
        id=f"model/{recipe}/{verdict}",
        group="macro / forward / small / bare",
        role="candidate-1",
        cell=Cell(target="model", workload="forward", size="small", kind="macro"),
        recipes=(f"model/{recipe}",),
        verdict=verdict,
        reason=None,
        note="",
        baseline_ns=None if speedup is None else 14.1e6,
        candidate_ns=None if speedup is None else 14.1e6 / speedup[0],
        speedup=measured,
        speedup_99=measured and replace(measured, level=0.99),
        noise_floor=None if speedup is None else 0.004,
        margin=0.01,
        proof=PASSED,
        claim=None,
        share=None,
        amdahl=None,
        processes=8 if speedup else 0,
        rounds=320 if speedup else 0,
        loops={},
    )
    return altered(macro, **changed)


def altered(row: Any, **changed: Any) -> Any:
    """A row or result with other fields, those of its cell among them."""
    cell = {name: changed.pop(name) for name in [*changed] if name in Cell.__dataclass_fields__}
    return replace(row, cell=replace(row.cell, **cell), **changed)


def claimed(
    outcome: str, measured: tuple[float, float, float] | None, claim: Claim = CLAIM, **others: Any
) -> ClaimOutcome:
    return ClaimOutcome(
        text=claim.text, measure=claim.measure, low=claim.low, high=claim.high, on=claim.on, source=claim.source,
        outcome=outcome, measured=measured, **others,
    )  # fmt: skip


def other(outcome: str, measured: tuple[float, float, float]) -> ReadingOutcome:
    """What became of "~14 %", read as a speed-up."""
    return ReadingOutcome(measure="speed-up", low=1.10, high=1.14, outcome=outcome, measured=measured)


def cache_rows() -> tuple[Result, ...]:
    """A recipe with a claim: its seam cold and warm, the workload on the claim's stack and bare."""
    on = ("model/plan-first",)
    cold = row("rope-cache", "slower", (0.953, 0.941, 0.966), on=on, kind="micro", seam="rope_table", state="cold")
    warm = row(
        "rope-cache", "faster", (8912.0, 8714.0, 9107.0), on=on, kind="micro", seam="rope_table", state="warm",
        baseline_ns=1.89e6, candidate_ns=212.0,
    )  # fmt: skip
    stacked = row(
        "rope-cache", "faster", (1.155, 1.149, 1.161), on=on, share=0.134, amdahl=1.155,
        claim=claimed("reproduced", (0.134, 0.129, 0.138), readings=(other("undecided", (1.155, 1.149, 1.161)),)),
    )  # fmt: skip
    bare = row(
        "rope-cache", "undecided", (1.007, 0.998, 1.016), share=0.0061, amdahl=1.006, note="too little to tell",
        claim=claimed(
            "smaller than claimed", (0.007, -0.002, 0.016),
            readings=(other("smaller than claimed", (1.007, 0.998, 1.016)),),
        ),
        variance=(0.0, 1e-4), stopped_by="budget", baseline_ns=25.9e6, candidate_ns=25.7e6,
    )  # fmt: skip
    return cold, warm, stacked, bare


def wrong_rows() -> tuple[Result, ...]:
    difference: dict[str, object] = {"where": "output", "index": [3, 0], "expected": "1.5", "got": "0.0", "why": "…"}
    detail = "first call: 12 of 40 values differ, first at output[3, 0]: expected 1.5, got 0.0"
    rejected = Proof(passed=False, kind="close", detail=detail, checked_calls=6, first_difference=difference)
    crash = "counting pass of model/crasher on forward: ended by SIGSEGV\nFatal Python error: Segmentation fault"
    failed = Proof(passed=False, kind="exact", detail=crash, checked_calls=0)
    return (
        row("stale-memo", "rejected", note=detail, proof=rejected, kind="micro", seam="attend"),
        row("stale-memo", "rejected", note=detail, proof=rejected, claim=claimed("rejected", None)),
        row("crasher", "failed", reason="SIGSEGV", note=crash, proof=failed),
    )


def other_rows() -> tuple[Result, ...]:
    never = Proof(passed=False, kind="exact", detail="", checked_calls=0)
    in_tolerance = Proof(passed=True, kind="close", detail="", checked_calls=1660)
    return (
        row(
            "plan-first",
            "unavailable",
            kind="micro",
            seam="buffer",
            note="macro only: a factory has no work of its own",
        ),
        row("plan-first", "equivalent", (1.001, 0.996, 1.006), proof=in_tolerance),
        row("tile", "layout-dependent", (1.04, 1.03, 1.05), note="the two layouts disagree"),
        row("tile", "layout-dependent", (0.97, 0.96, 0.98), note="the two layouts disagree", layout="processes"),
        row("unused", "not-exercised", note="forward never calls what it replaces", proof=never, share=0.0),
        row(
            "tile",
            "faster",
            (1.009, 1.006, 1.012),
            recipes=("model/plan-first", "model/tile"),
            note="below your margin",
        ),
    )


def document(results: tuple[Result, ...], **changed: Any) -> Document:
    sample = Sample(
        group="macro / forward / small / bare", role="baseline", process=0, round=0, position=0, loops=7,
        elapsed_ns=98_700_000, flags=("subnormal", "repeated"),
    )  # fmt: skip
    whole = Document(
        perfkit="0.0.0",
        command="perfkit compare model --all",
        seed=20261121,
        status="budget",
        environment=ENVIRONMENT,
        results=results,
        samples=(sample,),
        warnings=("1 samples went subnormal, which some processors compute slowly",),
        timing={"measuring_s": 10.02, "total_s": 204.3},
    )
    return replace(whole, **changed)


@dataclass(frozen=True)
class Invented:
    """A document with a row of every verdict, one of a single recipe, and the recipes' summaries."""

    full: Document
    one: Document
    summaries: dict[str, str]


@pytest.fixture(scope="session")
def invented() -> Invented:
    return Invented(
        full=document((*cache_rows(), *wrong_rows(), *other_rows())),
        one=document(cache_rows(), status="complete", samples=(), warnings=()),
        summaries={
            "model/rope-cache": "Compute the table once.",
            "model/stale-memo": "Remember every answer, for ever, and say more about it than fits into a line of 80.",
        },
    )


@pytest.fixture(scope="session")
def forks(environment: dict[str, str]) -> Iterator[Forks]:
    """What the two below fork from; started when the first of them is used."""
    found = Forks(environment)
    yield found
    found.close()


@pytest.fixture(scope="session")
def perfkit_forked(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """As `perfkit`, in a fork in which the workers are too: for what several tests of a file look at.

    `perfkit_forked(*words, rounds=20)`: each process does that many at most; `sample_ns`: as `forked.Twist` says.
    """
    return _in_forks(forks, tmp_path_factory.mktemp("forked"), "inline")


@pytest.fixture(scope="session")
def perfkit_processes(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """As `perfkit`, with workers in processes of their own, none of which starts an interpreter: all are forks.

    For code that dies, hangs or leaves something. Memory and its layout are not those of fresh interpreters.
    """
    return _in_forks(forks, tmp_path_factory.mktemp("processes"), "forked")


@pytest.fixture
def on_a_terminal(forks: Forks, environment: dict[str, str], tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """`on_a_terminal(*words, columns=80, **env)`: exit code, and what was drawn on a terminal that wide.

    `fresh`: in an interpreter of its own, else in a fork.
    """

    def run(*words: object, columns: int = 80, fresh: bool = False, **env: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        drawn: list[bytes] = []
        reader = threading.Thread(target=lambda: drawn.extend(iter(partial(_read, ours), b"")))
        reader.start()
        if fresh:
            line = [sys.executable, "-m", "perfkit", *map(str, words)]
            streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
            rc = subprocess.run(line, env={**environment, **env}, start_new_session=True, **streams).returncode
        else:
            twist = Twist(env=env, streams=dict.fromkeys(range(3), os.ttyname(theirs)))
            rc, _, _ = forks.run(tuple(map(str, words)), tmp_path, twist)
        os.close(theirs)
        reader.join()
        os.close(ours)
        return rc, b"".join(drawn).decode().replace("\r\n", "\n")

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def _in_forks(forks: Forks, elsewhere: Path, workers: str) -> Callable[..., Run]:
    def run(*words: object, cwd: Path = elsewhere, **twist: Any) -> Run:
        return Run(*forks.run(tuple(map(str, words)), cwd, Twist(**twist), workers=workers))

    return run


@pytest.fixture
def draw(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, int], str]:
    """What a report looks like in a pipe of some width, by the way the command line takes."""

    def drawn(report: Any, width: int) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        capsys.readouterr()
        emit(report)
        return capsys.readouterr().out

    return drawn
