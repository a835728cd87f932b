"""`--sweep`: one recipe along an axis, its curve, its growth, and where it pays."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

# costs what the baseline does at a width of 128, at any width, on any processor, and then much less for each element
LATE = """
def make() -> Any:
    import numpy as np

    spare = np.random.default_rng(1).standard_normal((24, 128))

    def cube_with_overhead(x: Any) -> Any:
        np.power(spare, 3)
        return x * x * x

    return cube_with_overhead
"""
CLOSE = ("documented", 'close(ulp=4, why="pow rounds differently from two products")')
POINTS = (32, 128, 512)  # below, about and above where it breaks even


@pytest.fixture(scope="module")
def run(perfkit_forked: Any, write_catalog: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    catalog = write_catalog(tmp_path_factory.mktemp("sweep"), late=("cube", LATE, *CLOSE))
    saved = tmp_path_factory.mktemp("saved") / "run.json"
    words = ("--catalog", catalog, "--recipe", "late", "--sweep", "width=" + ",".join(map(str, POINTS)))
    words += ("--budget", "60s", "--processes", "5", "--seed", "1", "--json", "-", "--save", str(saved))
    return perfkit_forked("compare", *words, rounds=3, sample_ns=20_000), saved


@pytest.mark.slow
def test_every_point_is_a_row_and_the_verdict_turns(run: Any) -> None:
    rows = [r for r in run[0].json["results"] if r["kind"] == "micro"]

    assert [r["size"] for r in rows] == [f"small[width={n}]" for n in POINTS]
    assert rows[0]["speedup"]["point"] < 0.7
    assert rows[0]["verdict"] != "faster"
    assert rows[-1]["verdict"] == "faster"
    assert all(r["proof"]["passed"] for r in rows)


@pytest.mark.slow
def test_the_curve_says_where_it_begins_to_pay(run: Any, perfkit_here: Any) -> None:
    shown = perfkit_here("show", run[1])

    assert shown.rc == 0
    assert "micro cube" in shown.stdout
    assert "worth it from width = " in shown.stdout
    assert "breaks even at about" in shown.stdout
    # three points leave the exponent open where noise bends them a little: the words for either are in test_sweep_words
    assert re.search(r"^scales +baseline (as width\^\d|cannot be told)", shown.stdout, re.M)
    assert "█" in shown.stdout


@pytest.mark.slow
def test_threads_are_an_axis_of_every_workload(perfkit_forked: Any, planted: Any) -> None:
    words = ("--catalog", planted, "--recipe", "plain-cube", "--sweep", "threads=1,2", "--budget", "0.2s")
    run = perfkit_forked("compare", *words, "--processes", "1", "--json", "-", rounds=2, sample_ns=25_000)

    rows = run.json["results"]
    assert run.rc == 0
    assert [r["size"] for r in rows if r["kind"] == "micro"] == ["small[threads=1]", "small[threads=2]"]
    groups = {s["group"] for s in run.json["samples"]}
    assert groups == {r["group"] for r in rows}
    assert len(groups) == 4


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--recipe", "rmsnorm-einsum", "--sweep", "row=1:64"), "rows"),
        (("--recipe", "rmsnorm-einsum", "--sweep", "rows"), "--sweep rows=1:2048"),
        (("--recipe", "rmsnorm-einsum", "--workload", "decode", "--sweep", "rows=1:64"), "axis of glassbox/decode"),
        (("glassbox", "--all", "--sweep", "rows=1:64"), "one recipe"),
        (("--recipe", "rope-cache", "--recipe", "naive-sigmoid", "--sweep", "rows=1:64"), "one recipe"),
        (("--recipe", "rope-cache", "--workload", "all", "--sweep", "rows=1:64"), "one workload"),
    ],
)
def test_what_cannot_be_swept_is_one_line_with_a_remedy(perfkit_here: Any, words: tuple[str, ...], says: str) -> None:
    run = perfkit_here("compare", *words)

    assert run.rc == 2
    assert says in run.stderr


SLOW_ON = """
def make() -> Any:
    import os

    lost = range(20000 if os.environ["OMP_NUM_THREADS"] == "{threads}" else 0)

    def cube_that_waits(x: Any) -> Any:
        for _ in lost:
            pass
        return x * x * x

    return cube_that_waits
"""


@pytest.mark.slow
def test_a_threaded_recipe_runs_on_all_processors_too(perfkit_processes: Any, toy_catalog: Any) -> None:
    cores = os.cpu_count() or 1
    few = SLOW_ON.replace("{threads}", str(cores + 1))
    catalog = toy_catalog(few=("cube", few, CLOSE[0], f"{CLOSE[1]},\n    threaded=True"))
    words = ("--catalog", catalog, "--recipe", "few", "--threads", str(cores + 1), "--budget", "60s")
    run = perfkit_processes("compare", *words, "--processes", "2", "--json", "-", rounds=2, sample_ns=20_000)

    macro = {r["size"]: r for r in run.json["results"] if r["kind"] == "macro"}
    assert run.rc == 0
    assert list(macro) == ["small", f"small[threads={cores}]"]
    there, here = macro.values()
    assert there["speedup"]["point"] < 0.5 < here["speedup"]["point"]
    assert f"on {cores} thread" in run.stderr or f"{cores} threads" in here["group"]
