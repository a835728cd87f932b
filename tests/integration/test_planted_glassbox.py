"""Plausible mistakes in the recipes of the glass-box engine: each must be refused, and for the right reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

WRONG = [
    ("one-buffer", "decode", "output"),
    ("short-rope", "forward-small", "awkward input"),
    ("stale-dequant", "decode", "after the weights changed"),
    ("rewinding-kv", "decode", "kept from the first call"),
]


@pytest.mark.parametrize(("recipe", "workload", "says"), WRONG, ids=[w[0] for w in WRONG])
def test_a_plausible_mistake_is_refused(
    perfkit_forked: Any, planted: Path, recipe: str, workload: str, says: str
) -> None:
    words = ("--catalog", planted, "--recipe", f"glassbox/{recipe}", "--workload", workload)
    run = perfkit_forked("compare", *words, "--quick", "--processes", "1", "--budget", "0.3s", "--json", "-")

    assert run.rc == 5
    assert {r["verdict"] for r in run.json["results"]} == {"rejected"}
    assert says in run.json["results"][-1]["note"]


@pytest.mark.slow
def test_identical_code_is_right_where_preparing_a_call_sets_the_model_back(
    perfkit_processes: Any, planted: Path
) -> None:
    words = ("--recipe", "glassbox/identity", "--workload", "train", "--size", "tiny", "--layout", "processes")
    quick = ("--quick", "--processes", "1", "--budget", "0.3s", "--json", "-")
    run = perfkit_processes("compare", "--catalog", planted, *words, *quick)

    (macro,) = [r for r in run.json["results"] if r["kind"] == "macro"]
    assert macro["proof"]["passed"]
    assert macro["verdict"] not in ("rejected", "failed")
