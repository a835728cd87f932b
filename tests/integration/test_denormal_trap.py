"""The trap of the notes: an in-place activation, called again and again on what it left, computes with subnormals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from perfkit.recipes.glassbox.inplace_swiglu import gate_in_place
from perfkit.sample_targets.glassbox.ops import BASELINE
from perfkit.worker.number_health import scan

SHORT = ("--quick", "--processes", "2", "--budget", "0.5s", "--json", "-")


def test_the_naive_loop_decays() -> None:
    rng = np.random.default_rng(0)
    a, b = (0.5 * rng.standard_normal((1, 16, 2048), dtype=np.float32) for _ in range(2))

    seen = []
    for _ in range(120):
        gate_in_place(BASELINE, a, b)
        seen.append(scan(a).subnormal)

    assert seen[0] == 0
    assert max(seen) > a.size // 100


@pytest.mark.slow
def test_perfkit_measures_the_same_function_without_decay(perfkit_forked: Any) -> None:
    run = perfkit_forked("compare", "--recipe", "inplace-swiglu", "--size", "tiny", *SHORT)

    assert run.rc == 0
    assert [r["verdict"] for r in run.json["results"] if r["kind"] == "micro"] != ["unavailable"]
    assert all(r["proof"]["passed"] and r["proof"]["kind"] == "exact" for r in run.json["results"])
    assert not any({"subnormal", "decayed"} & set(s["flags"]) for s in run.json["samples"])
