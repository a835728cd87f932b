"""`--memory` and claims on peak memory, by recipes whose memory is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.protocol.peak_memory import PeakTaken, TakePeak
from perfkit.session.session import Session
from perfkit.settings import Settings

# the seam's result is one array of 24 x 64 float64; what comes beside it is what a recipe adds or saves
DOUBLES = """
import numpy as np

from perfkit.recipe import Claim


def make() -> Any:
    def cube_of_a_copy(x: Any) -> Any:
        return np.power(x.copy(), 3)

    return cube_of_a_copy
"""
HALVES = """
from perfkit.recipe import Claim


def make() -> Any:
    def finish_in_place(ops: Any, x: Any) -> Any:
        result = ops.cube(x)
        result /= 2
        return result

    return finish_in_place
"""
SAME = """
from perfkit.recipe import Claim


def make() -> Any:
    def cube_again(x: Any) -> Any:
        return cube(x)

    return cube_again
"""


def claim(low: float, high: float, measure: str = "seam peak memory") -> str:
    return (
        f'exact(), memory_claim=Claim(text="half the memory", measure="{measure}", low={low}, high={high}, '
        'workload="run", source="notes")'
    )


ONE_ARRAY = 24 * 64 * 8
SHORT = ("--quick", "--budget", "300ms", "--processes", "2", "--seed", "1")
RECIPES = {
    "doubles": ("cube", DOUBLES, "documented", claim(1.7, 2.3)),
    "halves": ("finish", HALVES, "documented", claim(1.7, 2.3)),
    "same": ("cube", SAME, "documented", claim(0.95, 1.05)),
}


def test_a_copy_doubles_it_writing_in_place_halves_it_and_the_same_code_takes_as_much(
    perfkit_forked: Any, toy_catalog: Any, tmp_path: Path
) -> None:
    saved, page = tmp_path / "run.json", tmp_path / "run.md"
    words = ("--catalog", toy_catalog(**RECIPES), "toy", "--all", *SHORT, "--json", "-", "--save", saved)
    run = perfkit_forked("compare", *words, "--markdown", page)

    rows = {r["recipes"][0].removeprefix("toy/"): r for r in run.json["results"] if r["kind"] == "micro"}
    for recipe, ratio, before in (("doubles", 0.5, 1), ("halves", 2.0, 2), ("same", 1.0, 1)):
        peak = rows[recipe]["memory"][0]
        assert (peak["by"], peak["processes"]) == ("tracemalloc", 3)  # Python's and NumPy's: that is gone by
        assert peak["ratio"]["point"] == pytest.approx(ratio, rel=0.05)
        assert peak["ratio"]["low"] <= peak["ratio"]["point"] <= peak["ratio"]["high"]
        assert peak["baseline_bytes"] == pytest.approx(before * ONE_ARRAY, rel=0.1)
    outcomes = {name: row["memory_claim"]["outcome"] for name, row in rows.items()}
    assert outcomes == {"doubles": "more memory here", "halves": "reproduced", "same": "reproduced"}
    wholes = [r for r in run.json["results"] if r["kind"] == "macro"]
    assert all(r["memory"] == [] and r["memory_claim"] is None for r in wholes)  # not asked for, and not claimed
    table = perfkit_forked("show", saved).stdout
    assert "peak memory before/after 0.5" in table
    assert "by tracemalloc" in table
    assert 'claim  "half the memory" (notes), tested as 1.7–2.3x less peak memory' in table
    text = page.read_text(encoding="utf-8")
    assert "| peak memory |" in text.splitlines()[0]
    assert '"half the memory", alone: **reproduced**' in text


def test_memory_of_a_sweep_is_refused(perfkit_here: Any) -> None:
    run = perfkit_here("compare", "--recipe", "rmsnorm-einsum", "--sweep", "rows=1:64", "--memory")

    assert run.rc == 2
    assert "--memory counts one point" in run.stderr


@pytest.mark.slow
def test_a_fresh_process_sees_what_torch_holds_and_tracemalloc_does_not(perfkit: Any, tmp_path: Path) -> None:
    """Two tensors of 58 MB at once."""
    root = tmp_path / "torch"
    target = root / "sample_targets" / "big"
    target.mkdir(parents=True)
    (target / "ops.py").write_text(TORCH_OPS, encoding="utf-8")
    (target / "target.py").write_text(TORCH_TARGET, encoding="utf-8")
    session = Session("big", Settings(catalogs=(root,)), lambda *_: None, installed=False)
    cell = Cell(target="big", workload="run", size="small", kind="macro")

    request = TakePeak(role="baseline", cell=cell, recipes=(), calls=1)
    with session.worker(0) as worker:
        taken: PeakTaken = worker.ask(request, about="two tensors")

    assert taken.torch
    assert taken.traced_bytes < 1_000_000
    assert taken.rss_bytes is None or taken.rss_bytes == pytest.approx(2 * TENSOR, rel=0.1)


TENSOR = 4 * 24 * 600_000  # bytes
TORCH_OPS = '''"""One seam."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TREE: dict[str, tuple[str, ...]] = {}
KINDS = {"halve": "call"}


def halve(x: Any) -> Any:
    """The sum of half of x."""
    return ((x + 1) / 2).sum()


@dataclass(frozen=True)
class Ops:
    halve: Callable[[Any], Any] = halve
'''
TORCH_TARGET = '''"""A tensor of 57.6 MB."""
from perfkit.target import Target, Workload

from .ops import Ops


def as_tensor(ops, data):
    import torch

    return torch.from_numpy(data.copy())


def run(ops):
    return lambda x: ops.halve(x)


TARGET = Target(
    id="big",
    summary="a large tensor",
    ops=Ops,
    workloads=(
        Workload(
            id="run",
            summary="one tensor",
            sizes=("small", "tiny"),
            shared=lambda size, seed: 48 if size == "tiny" else 24 * 600_000,
            data=lambda count, rng: rng.standard_normal(count, "float32"),
            prepare=as_tensor,
            call=run,
        ),
    ),
)
'''
