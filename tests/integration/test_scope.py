"""What a row may not say: a claim about other work, and a prediction from times that overlap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

QUICK = ("--quick", "--budget", "0.5s", "--seed", "1", "--json", "-")


def test_a_claim_is_judged_on_its_own_workload_and_size_only(perfkit_inline: Any) -> None:
    own = perfkit_inline("compare", "--recipe", "naive-sigmoid", *QUICK).json["results"]
    other = perfkit_inline("compare", "--recipe", "naive-sigmoid", "--workload", "decode", *QUICK).json["results"]
    small = perfkit_inline("compare", "--recipe", "naive-sigmoid", "--size", "tiny", *QUICK).json["results"]

    assert [0 < r["share"] < 1 for r in small if r["kind"] == "macro"] == [True]
    assert [r["claim"] is not None for r in own] == [True, False]  # it speaks of the seam
    assert [r["claim"] for r in other + small] == [None] * 4


def test_a_seam_on_pool_threads_gets_no_share_and_no_prediction(perfkit_inline: Any) -> None:
    rows = perfkit_inline("compare", "--recipe", "dequant-cache", "--size", "tiny", *QUICK).json["results"]

    assert all(r["share"] is r["amdahl"] is None for r in rows)


def test_a_place_that_takes_no_file_is_refused_before_anything_runs(perfkit_inline: Any) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("this system has no /proc")
    run = perfkit_inline("compare", "--recipe", "naive-sigmoid", "--save", "/proc/run.json")

    assert (run.rc, run.stdout) == (2, "")
    assert "cannot write into /proc" in run.stderr
    assert "plan:" not in run.stderr
