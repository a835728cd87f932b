"""What is said of a comparison that was interrupted, and which of its rows are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.comparison.partial import Place, how_far, reached_rows
from perfkit.comparison.planned_rows import Row
from perfkit.result import ClaimOutcome, Proof, Result, Sample, Speedup
from perfkit.session.outcome import Candidate, Failure, Group, GroupOutcome, Outcome, ProofTally

CELL = Cell(target="toy", workload="run", size="small", kind="macro")
PLAIN = Row(recipes=("toy/a",), cell=CELL)
MICRO = Row(recipes=("toy/a",), cell=replace(CELL, kind="micro"))
CLAIM = ClaimOutcome(
    text="2x", measure="speed-up", low=2, high=2, on=(), source="", outcome="not measurable here", measured=None
)
FASTER = Speedup(point=2, low=1.9, high=2.1, level=0.95)


def result(verdict: str = "unavailable", **changed: Any) -> Result:
    fields: dict[str, Any] = dict.fromkeys(Result.__slots__)
    fields |= {"verdict": verdict, "recipes": ("toy/a",), "processes": 0, "note": "", "claim": CLAIM, "cell": CELL}
    return Result(**{**fields, "proof": Proof(passed=False, kind="exact", detail="", checked_calls=0), **changed})


def outcome(*samples: int, **changed: Any) -> Outcome:
    """`samples`: the number of the process of each."""
    candidate = Candidate(role="candidate-1", recipes=("toy/a",))
    group = Group(
        id="g",
        cell=CELL,
        candidates=(candidate,),
        processes=8,
    )
    made = [Sample(group="g", role="baseline", process=p, round=0, position=0, loops=1, elapsed_ns=1) for p in samples]
    return Outcome(groups={"g": GroupOutcome(group=group, samples=made)} if samples else {}, **changed)


def test_before_the_first_row_nothing_is_proven_and_nothing_measured() -> None:
    assert how_far([("toy/a",)], [], [], Outcome()) == "while counting the seams: nothing proven, nothing measured"


def test_during_proofs_it_counts_the_recipes() -> None:
    variants = [(f"toy/{i}",) for i in range(20)]
    proofs = {v: ProofTally(passed=True, checked_calls=9) for v in variants[:18]}
    wrong = {variants[18]: Failure(verdict="rejected", reason=None, text="")}

    said = how_far(variants, [PLAIN], [], outcome(proofs=proofs, failures=wrong))

    assert said == "during proofs: 18 of 20 recipes proven, 1 rejected or failed, none measured"
    both = [*variants[:1], ("toy/0", "toy/1")]
    assert (
        how_far(both, [PLAIN], [], outcome(proofs=proofs)) == "during proofs: 1 of 2 candidates proven, none measured"
    )


def test_while_measuring_it_says_in_which_process_and_how_many_rows_have_a_figure() -> None:
    rows = [PLAIN, MICRO, replace(MICRO, remark="macro only: a factory")]
    results = [result("faster", speedup=FASTER), result(), result()]

    said = how_far([("toy/a",)], rows, results, outcome(0, 0, 1, 2))

    assert said == "while measuring, process 3 of 8: 1 of 2 rows measured"


@pytest.mark.parametrize(
    ("kept", "changed"),
    [
        (True, {"verdict": "faster", "processes": 2, "speedup": FASTER}),
        (True, {"verdict": "undecided", "processes": 1}),
        (True, {"verdict": "rejected"}),
        (True, {"verdict": "failed"}),
        (True, {"verdict": "not-exercised"}),
        (False, {"verdict": "undecided", "processes": 0}),
        (False, {"verdict": "unavailable"}),
        (False, {"verdict": "unavailable", "note": "all that is said of a row that is measured"}),
    ],
)
def test_a_row_is_kept_when_something_has_been_found_out_about_it(kept: bool, changed: dict[str, Any]) -> None:
    assert len(reached_rows([PLAIN], [result(**changed)])) == kept


def test_a_row_that_can_never_be_measured_is_kept_beside_one_that_was() -> None:
    rows = [PLAIN, replace(PLAIN, remark="macro only: a factory has no work of its own")]

    assert reached_rows(rows, [result(), result()]) == ()
    assert len(reached_rows(rows, [result("undecided", processes=1), result()])) == 2


def test_nor_is_one_of_a_recipe_that_was_still_to_come() -> None:
    never = replace(MICRO, recipes=("toy/b",), remark="macro only: a factory has no work of its own")
    later = replace(PLAIN, recipes=("toy/b",))
    measured = result("undecided", processes=1)

    assert reached_rows([PLAIN, never, later], [measured, result(recipes=("toy/b",)), result(recipes=("toy/b",))]) == (
        replace(measured, claim=None),
    )
    assert len(reached_rows([PLAIN, never], [measured, result(recipes=("toy/b",))])) == 2  # nothing of it was to come


@pytest.mark.parametrize(
    ("groups", "samples", "said"),
    [
        ((), (0, 1), "during proofs of batch 2 of 3: 1 of 2 recipes proven, 1 of 2 rows measured"),
        ((), (), "during proofs of batch 2 of 3: 1 of 2 recipes proven, none measured"),
        (("g",), (0, 1), "while measuring, batch 2 of 3, process 2 of 8: 1 of 2 rows measured"),
    ],
)
def test_which_part_is_under_way_is_said(groups: tuple[str, ...], samples: tuple[int, ...], said: str) -> None:
    rows = [PLAIN, replace(PLAIN, recipes=("toy/b",))]
    results = [result("faster", speedup=FASTER if samples else None), result()]
    found = outcome(*samples, proofs={("toy/a",): ProofTally(passed=True)})

    assert how_far([("toy/a",), ("toy/b",)], rows, results, found, Place(part="batch 2 of 3", groups=groups)) == said
    assert "batch" not in how_far([("toy/a",)], rows, results, found, Place(groups=groups))


def test_what_comes_after_the_measuring_is_not_said_to_be_a_process() -> None:
    place = Place(after="while trying extreme inputs")

    said = how_far([("toy/a",)], [PLAIN], [result("faster", speedup=FASTER)], outcome(0, 7), place)

    assert said == "while trying extreme inputs: 1 of 1 rows measured"


def test_no_claim_is_judged_by_a_row_without_a_figure() -> None:
    open_, wrong = reached_rows([PLAIN, PLAIN], [result("undecided", processes=1), result("rejected")])

    assert open_.claim is None
    assert wrong.claim is CLAIM
