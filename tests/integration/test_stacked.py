"""`--stack`: all recipes that stand together, each on the rest, and what is left without the worst."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

TWICE = """
def make() -> Any:
    def mix_twice(x: Any, weight: Any) -> Any:
        for _ in range(9):
            mix(x, weight)
        return mix(x, weight)

    return mix_twice
"""
CLOSE = ("documented", 'close(ulp=4, why="pow rounds differently from two products")')
ALSO = """
def make() -> Any:
    def halved_cube(x: Any) -> Any:
        for _ in range(50):
            pass
        return x * x * x

    return halved_cube
"""


@pytest.fixture(scope="module")
def run(perfkit_forked: Any, write_catalog: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("stack")
    catalog = write_catalog(root, "plain_cube", also=("cube", ALSO, *CLOSE), twice=("mix", TWICE))
    saved = tmp_path_factory.mktemp("saved") / "run.json"
    words = ("toy", "--catalog", catalog, "--all", "--stack", "--budget", "60s", "--processes", "5", "--seed", "1")
    return perfkit_forked("compare", *words, "--json", "-", "--save", saved, rounds=3, sample_ns=20_000), saved


def test_the_stack_holds_what_stands_together_and_names_what_does_not(run: Any) -> None:
    rows = [r for r in run[0].json["results"] if r["kind"] == "stack"]

    assert run[0].rc == 0
    whole = rows[0]
    assert whole["on"] == []
    assert "toy/twice" in whole["recipes"]
    assert len(whole["recipes"]) == 2
    assert "both replace the seam cube" in whole["note"]
    assert whole["speedup"]
    assert whole["proof"]["passed"]


def test_each_is_measured_on_the_rest_and_the_one_that_hurts_is_dropped(run: Any) -> None:
    rows = [r for r in run[0].json["results"] if r["kind"] == "stack"]

    on_rest = {tuple(r["recipes"]): r for r in rows if r["on"]}
    assert on_rest["toy/twice",]["verdict"] == "slower"
    last = rows[-1]
    assert last["on"] == []
    assert len(last["recipes"]) == 1
    assert "toy/twice" not in last["recipes"]
    assert last["note"].startswith("dropped, because the rest is faster without: twice")
    assert last["verdict"] == "faster"


def test_the_report_has_a_section_of_its_own(run: Any, perfkit_here: Any) -> None:
    shown = perfkit_here("show", run[1])

    assert shown.rc == 0
    text = shown.stdout
    assert "toy / stack on run" in text
    assert "all 2 together" in text
    assert "the one that is left" in text
    assert "twice on top of the rest" in text


def test_a_stack_needs_all(perfkit_here: Any) -> None:
    run = perfkit_here("compare", "--recipe", "rope-cache", "--stack")

    assert run.rc == 2
    assert "--stack needs --all" in run.stderr
