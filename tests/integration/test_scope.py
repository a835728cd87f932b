"""What a row may not say: a claim about other work, and a prediction from times that overlap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ONCE = ("--processes", "1", "--budget", "0.1s", "--seed", "1", "--json", "-")
CLAIMED = """
from perfkit.recipe import Claim


def make() -> Any:
    return lambda x: x * x * x
"""
SAID = """close(ulp=4, why="pow rounds differently from two products"),
    claim=Claim(
        text="~13x faster", measure="seam speed-up", low=11.0, high=15.0, workload="run", source="invented"
    )"""
WALK = """
        Workload(
            id="walk", summary="24 rows, too", sizes=("small",), shared=shared, build=Model, data=data,
            call=lambda model: model.run,
        ),
"""
ALONE = "return self.ops.finish(self.ops, self.ops.mix(x, self.weight))"
POOLED = """
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda part: self.ops.mix(part, self.weight), np.array_split(x, 2)))
        return self.ops.finish(self.ops, np.concatenate(parts))
"""


def changed(catalog: Path, file: str, old: str, new: str) -> None:
    """Replace a text, which must be there, in a file of the toy target."""
    path = catalog / "sample_targets" / "toy" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_claim_is_judged_on_its_own_workload_only(perfkit_forked: Any, toy_catalog: Any) -> None:
    """And of its own size: tests/unit/test_amdahl.py."""
    catalog = toy_catalog(claimed=("cube", CLAIMED, "documented", SAID))
    changed(catalog, "target.py", "    workloads=(\n", f"    workloads=({WALK}")
    run = perfkit_forked("compare", "--catalog", catalog, "--recipe", "claimed", "--workload", "all", *ONCE)

    rows = {(r["workload"], r["kind"]): r for r in run.json["results"]}
    assert {place: r["claim"] is not None for place, r in rows.items()} == {
        ("run", "micro"): True,  # it speaks of the seam
        ("run", "macro"): False,
        ("walk", "micro"): False,
        ("walk", "macro"): False,
    }
    assert [0 < r["share"] < 1 for r in rows.values() if r["kind"] == "macro"] == [True, True]


def test_a_seam_on_pool_threads_gets_no_share_and_no_prediction(perfkit_forked: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("identity")
    changed(catalog, "target.py", ALONE, POOLED)
    run = perfkit_forked("compare", "--catalog", catalog, "--recipe", "toy/identity", *ONCE)

    assert [(r["kind"], r["share"], r["amdahl"]) for r in run.json["results"]] == [
        ("micro", None, None),
        ("macro", None, None),
    ]


def test_a_place_that_takes_no_file_is_refused_before_anything_runs(perfkit_forked: Any) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("this system has no /proc")
    run = perfkit_forked("compare", "--recipe", "naive-sigmoid", "--save", "/proc/run.json")

    assert (run.rc, run.stdout) == (2, "")
    assert "cannot write into /proc" in run.stderr
    assert "plan:" not in run.stderr
