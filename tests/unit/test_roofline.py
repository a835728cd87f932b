"""What a machine allows at best, and the line that holds the fastest stack against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.machine.roofline import rates
from perfkit.report.words import limit_words
from tests.unit.test_stack import result

LIMITS = {
    "rates": {"operations": 80e9, "read": 10e9},
    "costs": {"run": {"operations": 20e6, "read": 10e6}},
}


@pytest.mark.slow
def test_rates_are_those_of_a_machine_of_this_century() -> None:
    found = rates()

    assert 1e8 < found.operations < 1e14
    assert 1e8 < found.read < 1e13


def test_the_fastest_whole_stack_is_held_against_the_limit() -> None:
    slow = replace(result("a", "b", kind="stack"), candidate_ns=4e6)
    fast = replace(result("a", kind="stack"), candidate_ns=2e6)
    partial = replace(result("a", kind="stack", on=("toy/b",)), candidate_ns=1e6)

    said = limit_words([slow, partial, fast], {"limits": LIMITS, "threads": 1})

    assert said.startswith("fastest stack: 50.0 % of what BLAS on 1 thread allows; ")
    assert "must read 10.0 MB (1.00 ms at 10.0 GB/s)" in said
    assert "20.0 million operations" in said


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"limits": None},
        {"limits": []},
        {"limits": {"rates": [1], "costs": {"run": 3}}},
        {"limits": {**LIMITS, "costs": {}}},
        {"limits": {**LIMITS, "rates": {"operations": "many", "read": float("nan")}}},
    ],
)
def test_a_file_that_says_nothing_of_limits_or_nonsense_gives_no_line(said: dict[str, Any]) -> None:
    assert limit_words([replace(result("a", kind="stack"), candidate_ns=1.0)], said) == ""
