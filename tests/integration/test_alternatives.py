"""Two recipes on one seam, named as words: each alone, and the second in the place of the first."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

SLOW = """
def make() -> Any:
    def slow_cube(x: Any) -> Any:
        for _ in range(20):
            cube(x)
        return cube(x)

    return slow_cube
"""
WRONG = "def make() -> Any:\n    return lambda x: x * 0\n"
SHORT = ("--size", "tiny", "--budget", "60s", "--seed", "1")


@pytest.fixture(scope="module")
def catalog(write_catalog: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return write_catalog(tmp_path_factory.mktemp("one"), "plain_cube", slow=("cube", SLOW), wrong=("cube", WRONG))


@pytest.fixture(scope="module")
def run(perfkit_forked: Any, catalog: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    saved = tmp_path_factory.mktemp("saved") / "run.json"
    words = ("compare", "toy", "plain-cube", "slow", "--catalog", catalog, *SHORT, "--processes", 5)
    return perfkit_forked(*words, "--save", saved, rounds=2, sample_ns=20_000), saved


def test_each_is_measured_alone_and_the_second_against_the_first(run: Any, perfkit_here: Any) -> None:
    rows = perfkit_here("show", run[1], "--json", "-").json["results"]

    assert run[0].rc == 0
    against = [r for r in rows if r["instead_of"]]
    assert {tuple(r["recipes"]) for r in rows} == {("toy/plain-cube",), ("toy/slow",)}
    assert {(tuple(r["recipes"]), tuple(r["instead_of"])) for r in against} == {(("toy/slow",), ("toy/plain-cube",))}
    assert {(r["kind"], r["verdict"]) for r in against} == {("micro", "slower"), ("macro", "slower")}


def test_the_table_says_in_whose_place_it_stands(run: Any) -> None:
    assert "toy / slow  instead of plain-cube" in run[0].lines
    assert "       instead of plain-cube" in run[0].lines
    assert "switched on together" not in run[0].stdout


def test_the_run_is_drawn_again_and_can_be_held_against_itself(run: Any, perfkit_here: Any, catalog: Any) -> None:
    assert perfkit_here("show", run[1], "--catalog", catalog).stdout == run[0].stdout
    held = perfkit_here("show", run[1], "--against", run[1])

    assert held.rc == 0
    assert "toy / slow  instead of plain-cube" in held.lines


def test_one_that_is_wrong_is_refused_and_held_against_nothing(perfkit_forked: Any, catalog: Any) -> None:
    words = ("compare", "plain-cube", "wrong", "--catalog", catalog, *SHORT, "--processes", 2, "--json", "-")
    refused = perfkit_forked(*words, rounds=2, sample_ns=25_000)

    assert refused.rc == 5
    assert {r["verdict"] for r in refused.json["results"] if r["recipes"] == ["toy/wrong"]} == {"rejected"}
    assert not [r for r in refused.json["results"] if r["instead_of"]]
