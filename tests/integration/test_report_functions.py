"""The table of functions as a person reads it, and what it suggests next."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from perfkit.report.choice import report_of
from perfkit.report.compare import CompareReport
from perfkit.report.document import document_from_json, to_json
from perfkit.report.functions import FunctionsReport, short_names
from perfkit.report.markdown import compare_markdown
from perfkit.report.next_step import next_words
from perfkit.result import Document, Proof, Result
from tests.integration.conftest import document, row

Golden = Callable[[str, str], None]
Draw = Callable[[Any, int], str]
OLD, NEW, WRONG = "words:unique", "words:unique_fast", "words:unique_sorted"
COMMAND = f"perfkit compare {OLD} {NEW} {WRONG} --inputs words:make"
REJECTED = Proof(
    passed=False,
    kind="exact",
    detail="first call: a different value",
    checked_calls=1,
    first_difference={"where": "output", "index": None, "expected": "1.0", "got": "1.1", "why": "a different value"},
)


def of(name: str, verdict: str, speedup: tuple[float, float, float] | None = None, **changed: Any) -> Result:
    return row(name, verdict, speedup, **{"target": OLD, "workload": "call", "recipes": (name,), **changed})


def run(*rows: Result, command: str = COMMAND) -> Document:
    return document(rows, command=command, samples=(), warnings=(), timing={"measuring_s": 8.0, "total_s": 14.0})


FAST = of(NEW, "faster", (27.7, 26.2, 29.3), findings=("for nan in input[0]: the baseline gives 1, the candidate 2",))
BAD = of(WRONG, "rejected", note="on call: first call: a different value at output", proof=REJECTED)
UNPROVEN = replace(FAST, proof=Proof(passed=False, kind="unproven", detail="", checked_calls=0), findings=())
SWEPT = [
    replace(of(NEW, "faster", (2.0, 1.9, 2.1)), cell=replace(FAST.cell, workload=f"n={n}", state=state))
    for n in (10, 1000)
    for state in ("cold", "warm")
]


@pytest.mark.parametrize("width", [60, 100])
def test_the_tables_of_functions(golden: Golden, draw: Draw, width: int) -> None:
    documents = [run(FAST), run(FAST, BAD), run(UNPROVEN), run(*SWEPT)]
    drawn = f"\n{'-' * width}\n".join(draw(report_of(each, {}, {}), width) for each in documents)

    assert all(len(line) <= width for line in drawn.splitlines())
    golden(f"functions-{width}.txt", drawn)


def test_what_functions_and_recipes_are_drawn_as() -> None:
    assert isinstance(report_of(run(FAST), {}, {}), FunctionsReport)
    assert isinstance(report_of(document((row("idea", "faster", (2.0, 1.9, 2.1)),)), {}, {}), CompareReport)


def test_a_run_of_functions_is_saved_and_read() -> None:
    saved = run(FAST, BAD, *SWEPT)

    assert document_from_json(json.loads(to_json(saved)), "run.json") == saved
    assert "| words:unique_fast | macro call |" in compare_markdown(saved)


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["m:old", "m:new"], ["old", "new"]),
        (["m:f", "n:f"], ["m:f", "n:f"]),
        (["a/m.py:f", "b.py:g"], ["f", "g"]),
        (["a/m.py:C.f", "n:f"], ["C.f", "f"]),
        (["a/m.py:f", "b/m.py:f"], ["a/m.py:f", "b/m.py:f"]),
        (["/x/a/m.py:f", "/x/b/m.py:f", "/y/b/m.py:f"], ["a/m.py:f", "x/b/m.py:f", "y/b/m.py:f"]),
    ],
)
def test_names_are_as_short_as_tells_them_apart(names: list[str], short: list[str]) -> None:
    assert [*short_names(names).values()] == short


def passes(bounds: str | None) -> Result:
    difference = {**(REJECTED.first_difference or {}), "would_pass": bounds}
    return replace(BAD, proof=replace(REJECTED, first_difference=difference))


@pytest.mark.parametrize(
    ("rows", "next_"),
    [
        ([FAST], f"perfkit profile {NEW} --inputs words:make"),
        ([FAST, passes("rtol=2e-15")], f"{COMMAND} --close rtol=2e-14"),
        ([FAST, passes("rtol=2e-15, atol=1e-9")], f"{COMMAND} --close rtol=2e-14,atol=1e-08"),
        ([passes("rtol=0.02")], ""),
        ([BAD], ""),
        (
            [of(NEW, "undecided", (1.01, 0.99, 1.03), variance=(0.0, 1e-4), stopped_by="budget", rounds=160)],
            f"{COMMAND} --budget 32s  # about halves the interval",
        ),
    ],
    ids=["look further", "a tolerance", "two bounds", "not the last bits", "nothing helps", "more time"],
)
def test_the_next_step(rows: list[Result], next_: str) -> None:
    assert next_words(run(*rows)) == next_


def test_the_next_step_of_a_run_without_a_command_names_the_functions() -> None:
    assert next_words(run(passes("rtol=1e-9"), command="")) == f"perfkit compare {OLD} {WRONG} --close rtol=1e-08"


@pytest.mark.parametrize("rule", ["--close rtol=2e-15", "--close=rtol=2e-15", "--ulp 4", "--equal words:same"])
def test_a_suggested_tolerance_takes_the_place_of_what_was_given(rule: str) -> None:
    found = next_words(run(passes("rtol=3e-15"), command=f"{COMMAND} {rule} --seed 1"))

    assert found == f"{COMMAND} --seed 1 --close rtol=3e-14"


@pytest.mark.parametrize(
    ("given", "profiled"),
    [("n=[10, 1000]", "n=1000"), ("n=3", "n=3"), ("[1, 2], x=['a', 'b c']", "2, x='b c'"), ("[[1, 2]]", "[1, 2]")],
)
def test_of_a_sweep_the_last_call_is_profiled(given: str, profiled: str) -> None:
    command = shlex.join(["perfkit", "compare", OLD, NEW, "--args", given])

    assert shlex.split(next_words(run(*SWEPT, command=command))) == ["perfkit", "profile", NEW, "--args", profiled]


def test_a_run_of_too_few_processes_is_told_as_many_as_a_verdict_needs() -> None:
    few = of(NEW, "undecided", (1.01, 0.99, 1.03), variance=(0.0, 1e-4), stopped_by="budget", rounds=40, processes=2)

    found = next_words(run(few, command=f"{COMMAND} --processes 2 --budget 1s"))
    assert found == f"{COMMAND} --processes 5 --budget 80s  # about halves the interval"


def test_what_was_run_for_another_folder_is_suggested_for_it() -> None:
    found = next_words(run(FAST, command=f"cd '/a b' && {COMMAND} --budget 1s"))

    assert found == f"cd '/a b' && perfkit profile {NEW} --inputs words:make"
