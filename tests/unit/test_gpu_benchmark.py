"""What benchmarks/gpu.py says of a form that is wrong, or fails: no machine with a GPU is needed for that."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
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
    with pytest.raises(gpu.Wrong, match="nan of the gradient"):
        parts._prove_step(None, (1.0, right), (1.0, found), None, "float32")


@pytest.mark.parametrize(
    ("error", "said"),
    [(AssertionError(), "AssertionError"), (ValueError("\n"), "ValueError"), (ValueError("a\nb"), "ValueError: a")],
)
def test_an_error_is_said_in_a_line(gpu: Any, error: Exception, said: str) -> None:
    assert gpu.in_a_line(error) == said


def test_a_form_that_fails_in_a_timed_call_has_a_row_and_the_others_go_on(gpu: Any) -> None:
    part = SimpleNamespace(name="mix", floor=lambda bench, beside: (0.0, 0.0))
    run = gpu.Run(None, gpu.Timer(torch.device("cpu")), 1e18, 3, None)
    calls = itertools.count()

    def fails(given: int) -> int:
        if next(calls):
            raise RuntimeError("out of memory")
        return given

    contenders = [
        gpu.Contender(SimpleNamespace(name=name), False, call, itertools.count())
        for name, call in (("documented", lambda given: given), ("Triton", fails))
    ]
    gpu.take_turns(run, part, "float32", "warm", contenders)

    assert [(row["kind"], row["form"]) for row in run.rows] == [("failed", "Triton"), ("time", "documented")]
    assert run.rows[0]["why"] == "RuntimeError: out of memory"
    assert run.rows[1]["calls"] == 3


def test_beside_documented_is_beside_that_form_alone(gpu: Any) -> None:
    common = {"kind": "time", "part": "mix", "dtype": "float32", "state": "warm", "low_s": 1.0, "high_s": 1.0}
    rows = [
        {**common, "form": form, "median_s": seconds, "floor_s": 0.1, "too_fast": False}
        for form, seconds in (("Triton", 1.0), ("documented", 3.0))
    ]

    assert "| 0.1 | 3x |" in gpu.tables(rows)
    assert "| 0.1 | – |" in gpu.tables(rows[:1])
