"""The sentence that a comparison ends with: of the whole workload, with the interval that the table has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.report.answer import answer
from perfkit.result import Document, Proof, Result, Speedup
from tests.integration.conftest import altered


@pytest.fixture
def macro(invented: Any) -> Result:
    """A row of a whole workload that is faster."""
    found = next(r for r in invented.full.results if r.verdict == "faster" and r.cell.kind == "macro")
    row: Result = replace(found, claim=None, memory_claim=None)
    return row


def said(*rows: Result, invented: Any, status: str = "complete") -> str:
    document: Document = replace(invented.full, results=rows, status=status)
    return answer(document).plain


def named(r: Result, name: str, **changed: Any) -> Result:
    if (given := changed.get("speedup")) is not None:
        changed = {"speedup_99": replace(given, level=0.99), **changed}
    row: Result = altered(replace(r, **changed), recipes=(f"model/{name}",))
    return row


def speedup(point: float, width: float = 1.01) -> Speedup:
    return Speedup(point=point, low=point / width, high=point * width, level=0.95)


def test_one_that_is_faster(invented: Any, macro: Result) -> None:
    fast = named(macro, "a", speedup=speedup(1.31))

    assert (
        said(fast, invented=invented) == "a: 1.310x faster on forward with plan-first (1.297–1.323), output bit-equal"
    )


def test_a_seam_never_outshines_the_workload(invented: Any, macro: Result) -> None:
    seam = altered(replace(macro, speedup=speedup(3880.0)), kind="micro", seam="mask", recipes=("model/a",))
    whole = named(macro, "a", verdict="undecided", speedup=speedup(1.002), noise_floor=0.004)

    assert said(seam, whole, invented=invented) == "a: no verdict on forward with plan-first, 1.002x (0.992–1.012)"
    assert "on the seam mask" in said(seam, invented=invented)


def test_a_loud_machine_is_the_reason_for_no_verdict(invented: Any, macro: Result) -> None:
    loud = named(macro, "a", verdict="undecided", speedup=speedup(1.02, 1.05), noise_floor=0.1)

    words = said(loud, invented=invented)
    assert words.startswith("a: no verdict on forward with plan-first, 1.020x (0.9")
    assert words.endswith(") at a noise floor of 10.0 %")


def test_what_cannot_be_measured_here_is_said_with_its_whole_reason(invented: Any, macro: Result) -> None:
    why = "proven by the interpreter, not measurable here: no NVIDIA GPU"
    row = named(macro, "a", verdict="unavailable", speedup=None, note=why)

    assert said(row, invented=invented) == f"a: no verdict on forward with plan-first: {why}"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("slower", "a: slower on forward with plan-first, 0.900x (0.891–0.909), output bit-equal"),
     ("equivalent", "a: no difference on forward with plan-first beyond 1.0 %, 0.900x (0.891–0.909, 95 %), "
      "output bit-equal"),
     ("rejected", "a: REJECTED, first call: a different value"),
     ("failed", "a: FAILED, first call: a different value")],
)  # fmt: skip
def test_other_verdicts(invented: Any, macro: Result, verdict: str, words: str) -> None:
    row = named(macro, "a", verdict=verdict, speedup=speedup(0.9), note="first call: a different value\nand more")

    assert said(row, invented=invented) == words


def test_of_two_rows_each_says_what_it_stands_on(invented: Any, macro: Result) -> None:
    bare = altered(named(macro, "a", verdict="undecided", speedup=speedup(1.0)), on=())
    stacked = altered(named(macro, "a"), on=("model/plan-first",))

    words = said(stacked, bare, invented=invented)
    assert "faster on forward with plan-first (" in words
    assert "no verdict on forward alone" in words


def test_of_many_the_best_has_an_interval_as_wide_as_picking_it_asks_for(invented: Any, macro: Result) -> None:
    rows = [named(macro, f"r{i}", speedup=speedup(1.1 + i / 10)) for i in range(3)]
    words = said(*rows, named(macro, "wrong", verdict="rejected", speedup=None), invented=invented)

    assert words.startswith("4 recipes: 3 faster, 1 rejected; r2 is 1.300x faster on forward with plan-first (1.28")
    assert words.endswith("as the best of 3)")


def test_along_an_axis_it_says_where_none_is_faster_and_which_seam_is(invented: Any, macro: Result) -> None:
    whole = [
        altered(named(macro, "a", verdict="undecided", speedup=speedup(1.0)), axes=(("rows", n),))
        for n in (1, 8, 64, 512)
    ]
    seam = [altered(replace(r, verdict="faster"), kind="micro", seam="sigmoid") for r in whole]

    assert said(*whole, invented=invented) == "a on forward: 4 undecided; none is faster"
    words = "a on forward: 4 undecided; none is faster, though sigmoid alone is"
    assert said(*seam, *whole, invented=invented) == words


def test_a_stack_says_what_it_is_on_other_workloads_too(invented: Any, macro: Result) -> None:
    def together(workload: str, *recipes: str, **changed: Any) -> Result:
        names = tuple(f"model/{recipe}" for recipe in recipes)
        row: Result = altered(replace(macro, **changed), kind="stack", workload=workload, on=(), recipes=names)
        return row

    rows = [
        together("forward", "a", "b"),
        together("train", "a", "b", "c", verdict="undecided", speedup=speedup(1.0)),
        together("train", "a", "c", verdict="slower", speedup=speedup(0.9)),
    ]

    assert said(*rows, invented=invented).endswith("output bit-equal; undecided on train")


def test_none_is_faster(invented: Any, macro: Result) -> None:
    rows = [named(macro, name, verdict="undecided") for name in "ab"]

    assert said(*rows, invented=invented) == "2 recipes: 2 undecided; none is faster"


def test_an_interrupted_run_answers_so_far_and_one_without_rows_not_at_all(invented: Any, macro: Result) -> None:
    assert said(named(macro, "a"), invented=invented, status="interrupted").startswith("so far, a: ")
    assert said(invented=invented) == ""


def test_what_was_not_proven_says_so(invented: Any, macro: Result) -> None:
    unproven = Proof(passed=False, kind="unproven", detail="", checked_calls=0)

    assert said(named(macro, "a", proof=unproven), invented=invented).endswith("output unproven")


def test_two_on_one_seam_are_answered_by_the_one_in_the_other_ones_place(invented: Any, macro: Result) -> None:
    first, second = named(macro, "a", speedup=speedup(2.0)), named(macro, "b", speedup=speedup(3.0))
    against = named(macro, "b", speedup=speedup(1.5), instead_of=("model/a",))

    words = "b instead of a: 1.500x faster on forward with plan-first (1.485–1.515), output bit-equal"
    assert said(first, second, against, invented=invented) == words


def test_of_several_such_pairs_the_best_is_one_beside_the_plain_baseline(invented: Any, macro: Result) -> None:
    alone = [named(macro, name, speedup=speedup(size)) for name, size in (("a", 1.2), ("b", 1.3), ("c", 1.1))]
    pairs = [
        named(macro, name, speedup=speedup(9.0), instead_of=(f"model/{other}",))
        for name, other in (("b", "a"), ("c", "a"), ("c", "b"))
    ]

    assert said(*alone, *pairs, invented=invented).startswith("3 recipes: 3 faster; b is 1.300x faster on forward")


def test_what_was_measured_together_is_no_recipe_more(invented: Any, macro: Result) -> None:
    both = altered(macro, recipes=("model/a", "model/b"))
    words = said(named(macro, "a"), named(macro, "b", verdict="undecided"), both, invented=invented)

    assert words.startswith("2 recipes: 1 faster, 1 undecided; a is 1.155x faster")
    assert "; 2 together: 1.155x faster on forward" in words


def test_the_best_of_many_that_may_be_luck_is_not_called_faster(invented: Any, macro: Result) -> None:
    ends = {"speedup": speedup(1.02, 1.012), "speedup_99": replace(speedup(1.02, 1.018), level=0.99)}
    rows = [named(macro, f"r{i}", **ends) for i in range(20)]

    assert said(*rows[:2], invented=invented).endswith(
        "r0 is 1.020x faster on forward with plan-first (1.002–1.038, as the best of 2)"
    )
    luck = "the best, r0 at 1.020x on forward with plan-first, may be luck: it was picked out of 20"
    assert said(*rows, invented=invented) == f"20 recipes: 20 faster; {luck}"


def test_a_row_that_no_interval_decided_says_what_did(invented: Any, macro: Result) -> None:
    few = named(macro, "a", verdict="undecided", speedup=speedup(1.3), note="3 processes; a verdict needs 5")

    assert said(few, invented=invented) == "a: no verdict on forward with plan-first: 3 processes; a verdict needs 5"
