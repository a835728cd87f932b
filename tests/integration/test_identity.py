"""Identical code under another name gets no claim: the acceptance test of the whole way of measuring."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

# An honest 99 % interval excludes 1 now and then: with 32 rows one false claim in some sessions is no defect. The same
# row claimed in the same direction in three sessions of different seeds is: by chance, below 1e-5 for all rows.
SEEDS = (101, 202, 303)
ALL = os.environ.get("PERFKIT_IDENTITY") == "all"
SESSIONS = {
    "toy": ["--budget", "1s"],
    # what is not measured is proven in the whole of it, and by the recipes of test_recipes.py
    "two seams of glassbox": ["--workload", "decode", "--size", "tiny", "--budget", "60s", "--quick"],
}
if ALL:  # as `make long` has it
    SESSIONS |= {
        "every workload of glassbox": ["--workload", "all", "--size", "tiny", "--budget", "6s"],
        "decode at its real size": ["--workload", "decode", "--budget", "4s"],
    }
# of the two seams: few rounds of short samples, whose intervals are wider and as honest
SHORT: dict[str, int] = {"rounds": 15} if ALL else {"rounds": 5, "sample_ns": 60_000}
TWO = ("get_w", "rms_norm")  # one that is measured cold and warm, and one that is not


@pytest.mark.parametrize("what", SESSIONS)
def test_identical_code_gets_no_claim(
    perfkit: Any, perfkit_processes: Any, perfkit_forked: Any, planted: Path, tmp_path: Path, what: str
) -> None:
    processes = perfkit if ALL else partial(perfkit_processes, wall=True)  # in the gate forks of one interpreter
    target, start = ("toy", processes) if what == "toy" else ("glassbox", partial(perfkit_forked, wall=True))
    catalog = of_two_seams(planted, tmp_path) if "two" in what else planted
    words = ("compare", target, "--catalog", catalog, "--recipe", "identity", "--processes", 5, *SESSIONS[what])
    suspects: set[tuple[str, str]] | None = None
    for seed in SEEDS:
        run = start(*words, "--seed", seed, "--json", "-", **(SHORT if "two" in what else {}))
        rows = run.json["results"]
        assert run.rc == 0, [(r["id"], r["verdict"], r["reason"]) for r in rows if not r["speedup"]]
        assert all(r["proof"]["passed"] and r["speedup"] for r in rows)
        assert_rows(rows, what)
        claims = {(r["id"], r["verdict"]) for r in rows if r["verdict"] in ("faster", "slower") and not honest(r)}
        suspects = claims if suspects is None else suspects & claims
        if not suspects:
            return
    pytest.fail(f"claimed in every one of {len(SEEDS)} sessions: {sorted(suspects or ())}")


def of_two_seams(planted: Path, root: Path) -> Path:
    """A catalogue of the recipe that replaces five seams, less three of them."""
    text = (planted / "recipes" / "glassbox" / "identity.py").read_text(encoding="utf-8")
    for seam in ("contract", "rope_table", "sigmoid"):
        text = (
            text.replace(f"        {seam}=again(ops.{seam}),\n", "")
            .replace(f'"{seam}", ', "")
            .replace(f', "{seam}"', "")
        )
    (root / "recipes" / "glassbox").mkdir(parents=True)
    (root / "recipes" / "glassbox" / "identity.py").write_text(text, encoding="utf-8")
    return root


def honest(row: dict[str, Any]) -> bool:
    """Whether identical code may honestly differ: the first call of a function object that was made for it alone takes
    some 20 ns more than that of an old one, which shows in calls of 100 ns."""
    return bool(row["state"] == "cold" and row["baseline_ns"] < 1000)


def assert_rows(rows: list[dict[str, Any]], what: str) -> None:
    """Every row is there to be claimed: each seam, cold and warm where arguments recur, and each workload."""
    seams = {(r["workload"], r["seam"], r["state"]) for r in rows}
    if what == "toy":
        assert seams == {("run", "mix", None), ("run", None, None)}
        return
    workloads = (
        ["decode"] if "real" in what or "two" in what else ["forward-small", "prefill", "decode", "decode-4", "train"]
    )
    parts = [("contract", None), ("get_w", "cold"), ("get_w", "warm"), ("rms_norm", None)]
    parts += [("rope_table", "cold"), ("rope_table", "warm"), ("sigmoid", None), (None, None)]
    if "two" in what:
        parts = [part for part in parts if part[0] in (*TWO, None)]
    assert seams == {(workload, *part) for workload in workloads for part in parts}
