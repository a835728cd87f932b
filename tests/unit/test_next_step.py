"""One run suggests one remedy: the command that would about halve the interval of what is undecided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.report.next_step import next_words
from perfkit.result import Document, Result, Sample
from tests.integration.conftest import claimed as claim_of
from tests.integration.conftest import document, row

FEW_ROUNDS, DIFFERENT_PROCESSES = (0.0, 1e-4), (1e-4, 1e-6)


def undecided(**changed: Any) -> Result:
    known = {"variance": FEW_ROUNDS, "stopped_by": "budget", "rounds": 160, "loops": {"baseline": 1, "candidate-1": 1}}
    return row("idea", "undecided", (1.01, 0.99, 1.03), **{**known, **changed})


def run(*rows: Result, command: str = "perfkit compare --recipe idea", **changed: Any) -> Document:
    return document(rows, command=command, samples=(), timing={"measuring_s": 8.0}, **changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({}, "--budget 32s", id="rounds are few"),
        pytest.param({"variance": DIFFERENT_PROCESSES}, "--processes 25 --budget 25s", id="processes differ"),
        pytest.param({"stopped_by": "precision"}, "--processes 25 --budget 25s", id="more time would change nothing"),
        pytest.param({"variance": None, "stopped_by": ""}, "--processes 25 --budget 25s", id="an older run"),
        pytest.param({"processes": 5}, "--processes 5 --budget 32s", id="as many processes as before"),
        pytest.param({"processes": 5, "baseline_ns": 1e9}, "--processes 5 --budget 32s", id="slow, but rounds are few"),
    ],
)
def test_the_command_is_the_one_that_halves_the_interval(changed: dict[str, Any], words: str) -> None:
    found = next_words(run(undecided(**changed)))

    assert found == f"perfkit compare --recipe idea {words}  # about halves the interval"


def test_options_keep_their_meaning_and_those_of_the_remedy_are_replaced() -> None:
    command = "perfkit compare -r idea --size tiny --quick --budget 3s --processes=7 --save a.json --seed 1"

    found = next_words(run(undecided(), command=command))
    assert found == "perfkit compare -r idea --size tiny --seed 1 --budget 32s  # about halves the interval"


def test_slow_calls_keep_the_processes_that_were_asked_for() -> None:
    slow, seam = undecided(processes=5, baseline_ns=1e9), row("idea", "faster", (2.0, 1.9, 2.1), kind="micro")

    assert next_words(run(slow, seam)).startswith("perfkit compare --recipe idea --budget 32s")


def test_nothing_is_promised_where_a_round_or_two_do_not_tell() -> None:
    slow = undecided(processes=5, baseline_ns=1e9, rounds=5, variance=None)

    assert next_words(run(slow)) == "perfkit compare --recipe idea --processes 5 --budget 32s"


def test_what_nothing_would_help_gets_no_such_advice() -> None:
    slow = undecided(processes=5, baseline_ns=1e9, variance=DIFFERENT_PROCESSES)

    assert next_words(run(slow)).startswith("perfkit profile model")


def test_one_recipe_of_many_needs_its_own_share_of_the_budget() -> None:
    own_ns = 160 * (14.1e6 + 14.1e6 + 14.1e6 / 1.01)  # baseline, control and candidate
    sample = Sample(group="g", role="baseline", process=0, round=0, position=0, loops=1, elapsed_ns=round(4 * own_ns))
    others = row("other", "faster", (2.0, 1.9, 2.1))
    whole = replace(run(others, undecided(), command="perfkit compare model --all --stack"), samples=(sample,))

    found = next_words(whole)
    assert found == "perfkit compare model --recipe idea --budget 8s  # about halves the interval"


@pytest.mark.parametrize(("why", "finer"), [("", True), ("what it replaces explains at most 1.08x", False)])
def test_a_claim_that_is_open_is_measured_again(why: str, finer: bool) -> None:
    claimed = replace(undecided(), verdict="faster", claim=claim_of("undecided", (0.1, 0.08, 0.12), why=why))

    assert ("--budget 32s" in next_words(run(claimed))) is finer


@pytest.mark.parametrize("speedup", [(1.1, 1.08, 1.12), (1.0, 0.995, 1.005)])
def test_a_narrower_interval_is_not_advised_where_something_else_decides(speedup: tuple[float, float, float]) -> None:
    """Its sums deny the one, or the other layout does: the interval is narrow enough."""
    kept = replace(undecided(), **{f: getattr(row("x", "", speedup), f) for f in ("speedup", "speedup_99")})

    assert next_words(run(kept)).startswith("perfkit profile model")
    assert "--budget 32s" in next_words(run(replace(kept, noise_floor=0.2, margin=0.001)))


def test_a_row_without_an_interval_is_measured_again() -> None:
    cut = row("idea", "undecided", processes=1, note="too few processes were measured")

    assert (
        next_words(run(cut, command="perfkit compare --recipe idea --processes 1")) == "perfkit compare --recipe idea"
    )
