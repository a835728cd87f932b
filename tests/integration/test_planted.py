"""Every planted defect is caught by the command line, and what is honest is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .tries import thrice

pytestmark = pytest.mark.slow

Check = Callable[[dict[str, Any]], bool]
QUICK = ("--quick", "--budget", "0.5s", "--seed", "1", "--json", "-")
LONG = tuple(word if word != "0.5s" else "60s" for word in QUICK)  # for a number of rounds, however busy the machine


def drifted(d: dict[str, Any]) -> bool:
    """Off by the planted 1e-9 of mix, tripled by the cube."""
    return 1e-9 < abs(float(d["got"]) / float(d["expected"]) - 1) < 5e-9


def differ(d: dict[str, Any]) -> bool:
    return float(d["got"]) != float(d["expected"])


# recipe, when it is caught, where, at which index, and what the first difference shows
WRONG: list[tuple[str, str, str, list[int] | None, Check]] = [
    ("zeros", "first call", "output", [0, 0], lambda d: d["got"] == "0.0"),
    ("wide-tolerance", "first call", "output", None, lambda d: d["why"] == "zeros would pass"),
    ("generous-tolerance", "first call", "output", None, lambda d: d["why"] == "values a tenth too small would pass"),
    ("wrong-when-large", "first call", "output", [0, 0], drifted),
    ("stale-weights", "after the weights changed", "output", [0, 0], differ),
    ("drift", r"call \d+ in a row|that were not compared|after the clock", "output", [0, 0], drifted),
    ("late-drift", "that were not compared|after the clock|warm-up", "output", [0, 0], drifted),
    ("nan", "first call", "output", [23, 4], lambda d: d["got"] == "nan"),
    ("mutates-input", "input afterwards", "input", [0, 0], lambda d: float(d["got"]) == float(d["expected"]) / 2),
    ("undeclared-dtype", "first call", "output.dtype", None, lambda d: "32" in d["got"] and "64" in d["expected"]),
    ("swapped-rows", "first call", "output", [0, 0], differ),
    ("shared-buffer", "a result kept from the first call", "first result", [0, 0], differ),
    ("content-memo", "after its result was overwritten", "output", [0, 0], lambda d: d["got"] == "77.0"),
]


@pytest.mark.parametrize(("recipe", "when", "where", "index", "shows"), WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_output_is_rejected_with_its_first_difference(
    perfkit_forked: Any, planted: Path, recipe: str, when: str, where: str, index: list[int] | None, shows: Check
) -> None:
    longer = [w.replace("0.5s", "4s") for w in QUICK] if recipe == "late-drift" else QUICK  # for nine hundred calls
    run = perfkit_forked("compare", "--catalog", planted, "--recipe", f"toy/{recipe}", *longer)

    assert run.rc == 5
    assert {r["kind"] for r in run.json["results"]} == {"micro", "macro"}
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"]) == ("rejected", None)
        assert row["speedup"] is row["speedup_99"] is row["candidate_ns"] is None
        assert row["proof"]["passed"] is False
        difference = row["proof"]["first_difference"]
        assert (difference["where"], difference["index"]) == (where, index)
        assert shows(difference), difference
        assert re.search(when, row["note"]), row["note"]


@pytest.mark.parametrize(
    ("recipe", "verdict", "reason", "says"),
    [
        ("raises", "rejected", "exception", r"ZeroDivisionError: planted \(raises\.py:\d+\)"),
        ("wrong-type", "rejected", "exception", r"TypeError: .*list"),
    ],
)
def test_code_that_fails_is_a_row_and_not_an_error_of_the_tool(
    perfkit_forked: Any, planted: Path, recipe: str, verdict: str, reason: str, says: str
) -> None:
    run = perfkit_forked("compare", "--catalog", planted, "--recipe", recipe, *QUICK)

    assert run.rc == 5
    assert "Traceback" not in run.stderr
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"], row["speedup"]) == (verdict, reason, None)
        assert row["proof"]["passed"] is False
        assert row["proof"]["first_difference"] is None
        assert re.search(says, row["note"]), row["note"]


def test_code_that_ends_its_process_is_a_row_too(perfkit: Any, planted: Path) -> None:
    run = perfkit("compare", "--catalog", planted, "--recipe", "aborts", *QUICK)

    assert run.rc == 5
    assert "Traceback" not in run.stderr
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"], row["speedup"]) == ("failed", "SIGABRT", None)
        assert row["proof"]["passed"] is False
        assert "ended by SIGABRT" in row["note"]


@pytest.mark.parametrize("recipe", ["zeros", "wide-tolerance"])
def test_a_refused_proof_is_reported_under_the_rule_it_was_held_to(
    perfkit_forked: Any, planted: Path, recipe: str
) -> None:
    run = perfkit_forked("compare", "--catalog", planted, "--recipe", recipe, *QUICK)

    assert {r["proof"]["kind"] for r in run.json["results"]} == {"close"}


def test_an_undeclared_change_is_a_conflict(perfkit_forked: Any, planted: Path) -> None:
    run = perfkit_forked("compare", "--catalog", planted, "--recipe", "undeclared-change", *QUICK)

    assert run.rc == 4
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"], row["speedup"]) == ("rejected", "conflict", None)
        assert row["note"] == "undeclared-change changes cube without declaring it"


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 6)])
def test_a_seam_that_no_workload_calls_is_not_exercised(
    perfkit_forked: Any, planted: Path, options: tuple[str, ...], code: int
) -> None:
    run = perfkit_forked("compare", "--catalog", planted, "--recipe", "unused", *QUICK, *options)

    assert run.rc == code
    assert [r["verdict"] for r in run.json["results"]] == ["not-exercised", "not-exercised"]
    assert [r["speedup"] for r in run.json["results"]] == [None, None]
    assert run.json["samples"] == []


@thrice
def test_an_honest_gain_is_faster(perfkit_processes: Any, planted: Path) -> None:
    run = perfkit_processes(
        "compare", "--catalog", planted, "--recipe", "plain-cube", *LONG, rounds=3, sample_ns=20_000
    )

    assert run.rc == 0
    for row in run.json["results"]:
        assert row["verdict"] == "faster"
        assert row["proof"]["passed"] is True
        assert row["proof"]["checked_calls"] > 80  # all of the proof, as long as time is for it, and timed calls too
        assert 1 < row["speedup"]["low"] <= row["speedup"]["point"] <= row["speedup"]["high"]


def test_a_memo_by_content_gains_nothing_on_fresh_inputs(perfkit_forked: Any, planted: Path) -> None:
    run = perfkit_forked("compare", "--catalog", planted, "--recipe", "copying-memo", *QUICK)

    assert run.rc == 0
    for row in run.json["results"]:
        assert row["verdict"] in ("slower", "undecided", "equivalent")
        assert row["speedup"]["point"] < 1.05  # answering from memory would read 6x here


@pytest.mark.parametrize("order", [("toy/zeros", "toy/nan"), ("toy/nan", "toy/zeros")])
def test_two_recipes_on_one_seam_are_refused_before_anything_runs(
    perfkit_forked: Any, toy_catalog: Any, tmp_path: Path, order: tuple[str, str]
) -> None:
    catalog, trace = toy_catalog("zeros", "nan"), tmp_path / "imported"
    target = catalog / "sample_targets" / "toy" / "target.py"
    line = f"\nimport pathlib\npathlib.Path({str(trace)!r}).touch()\n"
    target.write_text(target.read_text(encoding="utf-8") + line, encoding="utf-8")

    run = perfkit_forked("compare", "--catalog", catalog, "--recipe", order[0], "--recipe", order[1], *QUICK[:-2])

    assert run.rc == 4
    assert "zeros" in run.stderr
    assert "nan" in run.stderr
    assert "seam mix" in run.stderr
    assert run.stdout == ""
    assert not trace.exists()
    perfkit_forked("compare", "--catalog", catalog, "--recipe", order[0], *QUICK)
    assert trace.exists()


@thrice
def test_an_effect_of_the_layout_alone_is_called_that(perfkit_processes: Any, planted: Path) -> None:
    words = ("--layout", "both", "--processes", "5", "--budget", "60s", "--seed", "1", "--json", "-")

    run = perfkit_processes(
        "compare", "--catalog", planted, "--recipe", "dislikes-company", *words, rounds=3, sample_ns=20_000
    )

    rows = [r for r in run.json["results"] if r["kind"] == "macro"]
    assert [(r["layout"], r["verdict"]) for r in rows] == [
        ("in-process", "layout-dependent"),
        ("processes", "layout-dependent"),
    ]
    inside, apart = (r["speedup"] for r in rows)
    assert inside["high"] < 0.8 < apart["low"]
