"""Extreme inputs in words: how many inputs out of the ordinary were tried, and what they showed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from perfkit.report.compare import CompareReport
from perfkit.report.markdown import compare_markdown
from perfkit.report.words import awkward_words, findings_words
from tests.integration.conftest import PASSED, document, row

FOUND = (
    "for []: the baseline raises ValueError (nothing to average), the candidate gives 0.0",
    "for a NaN: expected nan, got 0.0",
    "for read-only memory: ended by SIGSEGV",
    "for an inf: expected inf, got nan",
    "for a -inf: expected -inf, got nan",
)


@pytest.mark.parametrize(
    ("awkward", "extremes", "words"),
    [
        (None, None, ""),
        (0, None, "no awkward inputs were tried"),
        (0, (31, 31), "no awkward inputs declared, 31 extremes tried"),
        (0, (12, 30), "no awkward inputs declared, 12 of 30 extremes tried"),
        (1, None, "1 awkward input"),
        (8, (31, 31), "8 awkward inputs, 31 extremes tried"),
    ],
)
def test_the_proof_says_how_many_inputs_out_of_the_ordinary_there_were(awkward: Any, extremes: Any, words: str) -> None:
    proof = replace(PASSED, awkward=awkward)

    assert (
        awkward_words([row("a", "faster", proof=proof), row("a", "faster", proof=replace(proof, extremes=extremes))])
        == words
    )


def test_findings_are_said_once_the_first_three_of_them() -> None:
    rows = [row("a", "faster", findings=FOUND), row("a", "faster", findings=FOUND[:2])]

    assert findings_words(rows) == [*(f"differs {words}" for words in FOUND[:3]), "and 2 more"]
    assert findings_words(rows[1:]) == [f"differs {words}" for words in FOUND[:2]]
    assert findings_words([row("a", "faster")]) == []
    refused = row("a", "rejected", note=f"an extreme input, {FOUND[0]}", findings=FOUND[:2])
    assert findings_words([refused]) == [f"differs {FOUND[1]}"]


@pytest.mark.parametrize("width", [80, 100])
def test_they_stand_below_the_proof(draw: Callable[[Any, int], str], width: int) -> None:
    proof = replace(PASSED, awkward=0, extremes=(18, 18))
    run = document((row("a", "faster", (2.0, 1.9, 2.1), proof=proof, findings=(*FOUND[:2], "for \x1b[2J: a\nb")),))

    drawn = draw(CompareReport(run, {}), width)

    lines = [line[7:] for line in drawn.partition("proof")[2].partition("noise")[0].splitlines()]
    assert max(map(len, drawn.splitlines())) <= width
    assert "\x1b[2J" not in drawn
    assert " ".join(" ".join(lines).split()).endswith(
        "no awkward inputs declared, 18 extremes tried differs for []: the baseline raises ValueError (nothing to "
        "average), the candidate gives 0.0 differs for a NaN: expected nan, got 0.0 differs for \\x1b[2J: a\\nb"
    )


def test_markdown_has_them_too() -> None:
    text = compare_markdown(document((row("a", "faster", (2.0, 1.9, 2.1), findings=FOUND[1:3]),)))

    assert "a: differs for a NaN: expected nan, got 0.0; differs for read-only memory: ended by SIGSEGV" in text
