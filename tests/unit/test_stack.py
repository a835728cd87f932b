"""Which recipes stand together, what rows that makes, and which of them are dropped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import RecipeEntry
from perfkit.cell import Cell
from perfkit.comparison.stack import (
    Stack,
    as_measured,
    better_without,
    compatible,
    rows_of_stack,
    with_remarks,
    without,
)
from perfkit.equivalence import exact
from perfkit.recipe import Recipe
from perfkit.report.words import stack_words
from perfkit.result import Proof, Result, Speedup

TREE = {"outer": ("inner",), "inner": (), "table": (), "free": ()}


def recipe(name: str, *touches: str, **changes: Any) -> RecipeEntry:
    made = Recipe(id=name, target="toy", touches=touches, equivalence=exact(), apply=lambda ops: ops, **changes)
    return RecipeEntry(recipe=made, summary="", doc="", path=Path("x"), module=name, root=None)


def result(
    *recipes: str,
    point: float = 1.0,
    kind: str = "macro",
    workload: str = "run",
    verdict: str = "faster",
    on: tuple[str, ...] = (),
) -> Result:
    return Result(
        id="", group="", role="", cell=Cell(target="toy", workload=workload, size="small", kind=kind, on=on),
        recipes=tuple(f"toy/{r}" for r in recipes), verdict=verdict, reason=None, note="",
        baseline_ns=1.0, candidate_ns=1.0, speedup=Speedup(point=point, low=point, high=point, level=0.95),
        speedup_99=None, noise_floor=None, margin=0.01, claim=None, share=None, amdahl=None, processes=8, rounds=80,
        loops={}, proof=Proof(passed=True, kind="exact", detail="", checked_calls=1),
    )  # fmt: skip


def stack(*entries: RecipeEntry, left_out: tuple[str, ...] = ()) -> Stack:
    return Stack(cell=WHOLE, entries=entries, left_out=left_out)


WHOLE = Cell(target="toy", workload="run", size="small", kind="stack")
FAST, SLOW, TABLE = recipe("fast", "inner"), recipe("slow", "inner"), recipe("table", "table")
PARENT = recipe("parent", "outer", shadows={"inner"})
NEEDS = recipe("needs", "free", requires={"table"})


def test_of_two_that_cannot_stand_together_the_faster_stays_and_the_other_is_named() -> None:
    found = compatible([SLOW, FAST], [result("fast", point=2), result("slow", point=1.5)], TREE, WHOLE)

    assert found.ids == ("toy/fast",)
    assert found.left_out == ("slow (fast and slow both replace the seam inner)",)


def test_a_parent_that_hides_a_child_wins_only_when_it_is_faster() -> None:
    for parent, expected in ((3.0, "toy/parent"), (1.2, "toy/fast")):
        results = [result("fast", point=2), result("parent", point=parent)]
        assert compatible([FAST, PARENT], results, TREE, WHOLE).ids == (expected,)


def test_what_a_recipe_requires_comes_with_it_and_before_it() -> None:
    found = compatible([NEEDS, TABLE], [result("needs", point=9)], TREE, WHOLE)

    assert found.ids == ("toy/table", "toy/needs")


def test_what_is_required_by_what_is_required_comes_too_and_two_may_require_each_other() -> None:
    top, other = recipe("top", "outer", requires={"needs"}), recipe("other", "inner", requires={"top"})

    assert compatible([top, NEEDS, TABLE], [], TREE, WHOLE).ids == ("toy/table", "toy/needs", "toy/top")
    both = recipe("top", "outer", requires={"other"}), other
    assert sorted(compatible(both, [], TREE, WHOLE).ids) == ["toy/other", "toy/top"]


def test_a_recipe_whose_requirement_cannot_stand_here_is_left_out() -> None:
    found = compatible([NEEDS, FAST], [], TREE, WHOLE)

    assert found.ids == ("toy/fast",)
    assert found.left_out == ("needs (requires table)",)


def test_the_row_of_the_workload_itself_counts_more_than_a_better_one_elsewhere() -> None:
    results = [
        result("fast", point=1.1),
        result("fast", point=9, workload="walk"),
        result("slow", point=1.5),
    ]
    assert compatible([SLOW, FAST], results, TREE, WHOLE).ids == ("toy/slow",)


def test_what_a_recipe_gives_on_the_stage_of_its_claim_does_not_count() -> None:
    results = [result("fast", point=1.1), result("fast", point=9, on=("toy/stage",)), result("slow", point=1.5)]

    assert compatible([SLOW, FAST], results, TREE, WHOLE).ids == ("toy/slow",)


# two ways to do what `inner` does: one is faster alone, the other carries a recipe that is better still
KEPT, CARRIER = recipe("kept", "outer", shadows={"inner"}), recipe("carrier", "inner")
CARRIED = recipe("carried", "free", requires={"carrier"})


@pytest.mark.parametrize(
    ("carrier", "carried", "expected"),
    [
        (2.0, 4.0, ("toy/carrier", "toy/carried")),
        (0.9, 6.0, ("toy/carrier", "toy/carried")),  # the carrier alone costs time
        (2.0, 1.4, ("toy/kept",)),
        (2.9, 1.0, ("toy/kept",)),
    ],
)
def test_a_recipe_counts_together_with_what_it_requires(
    carrier: float, carried: float, expected: tuple[str, ...]
) -> None:
    results = [
        result("kept", point=3.0),
        result("carrier", point=carrier),
        result("carried", point=carried, on=("toy/carrier",)),
    ]
    for entries in ([KEPT, CARRIER, CARRIED], [CARRIED, CARRIER, KEPT]):
        assert compatible(entries, results, TREE, WHOLE).ids == expected


def test_what_a_recipe_requires_does_not_carry_it_past_a_better_one_on_its_own_seam() -> None:
    weak = recipe("weak", "inner", requires={"table"})
    results = [result("table", point=9.0), result("weak", point=1.02, on=("toy/table",)), result("fast", point=1.3)]
    found = compatible([TABLE, weak, FAST], results, TREE, WHOLE)

    assert found.ids == ("toy/table", "toy/fast")
    assert found.left_out == ("weak (fast and weak both replace the seam inner)",)


def test_what_is_slower_alone_still_joins_where_nothing_is_lost_by_it() -> None:
    results = [result("fast", point=2.0), result("table", point=0.9), result("slow", point=0.8)]

    assert compatible([SLOW, TABLE, FAST], results, TREE, WHOLE).ids == ("toy/fast", "toy/table")


def test_rows_are_the_whole_and_each_on_the_rest_with_those_that_need_it() -> None:
    rows = rows_of_stack(stack(TABLE, NEEDS, FAST, left_out=("slow (why)",)))

    assert [(r.recipes, r.cell.on) for r in rows] == [
        (("toy/table", "toy/needs", "toy/fast"), ()),
        (("toy/table", "toy/needs"), ("toy/fast",)),
        (("toy/needs",), ("toy/table", "toy/fast")),
        (("toy/fast",), ("toy/table", "toy/needs")),
    ]
    assert {r.cell.kind for r in rows} == {"stack"}
    assert rows[0].note == "skipped: slow (why)"
    assert len(rows_of_stack(stack(FAST))) == 1


def test_the_whole_is_measured_beside_the_whole_without_each() -> None:
    rows = rows_of_stack(stack(TABLE, NEEDS, FAST))
    measured = as_measured(rows)

    assert [(r.recipes, r.in_each) for r in measured] == [
        (("toy/table", "toy/needs", "toy/fast"), True),
        (("toy/fast",), False),
        (("toy/table", "toy/fast"), False),
        (("toy/table", "toy/needs"), False),
    ]
    assert {r.cell for r in measured} == {WHOLE}
    assert as_measured(rows[:1]) == rows[:1]
    assert as_measured(rows[1:]) == []  # the whole is wrong


def test_what_is_said_of_a_rest_is_said_of_the_part_that_stands_on_it() -> None:
    rows = rows_of_stack(stack(TABLE, FAST))
    whole, without_table, without_fast = as_measured(rows)

    said = with_remarks(rows, [whole, replace(without_table, remark="too slow"), without_fast])
    alone = with_remarks(rows, [])

    assert [(r.recipes, r.remark) for r in said] == [
        (("toy/table", "toy/fast"), ""), (("toy/table",), "too slow"), (("toy/fast",), "")
    ]  # fmt: skip
    assert ["not right" in r.remark for r in alone] == [False, True, True]


def test_what_makes_the_rest_slower_is_dropped_with_those_that_need_it() -> None:
    whole = stack(TABLE, NEEDS, FAST)
    results = [
        result("table", "needs", kind="stack", verdict="slower", on=("toy/fast",)),
        result("needs", kind="stack", verdict="undecided", on=("toy/table", "toy/fast")),
        result("fast", kind="stack", verdict="faster", on=("toy/table", "toy/needs")),
        result("fast", kind="macro", verdict="slower"),
        result("fast", kind="stack", verdict="slower", workload="walk"),
    ]
    dropped = better_without(whole, results)
    row = without(whole, dropped)

    assert dropped == {"toy/table": "slower", "toy/needs": "slower"}
    assert (row.recipes, row.cell.on) == (("toy/fast",), ())
    assert row.note == "dropped, because the rest is faster without: table, needs"


def test_what_has_nothing_to_do_in_the_stack_is_dropped_too() -> None:
    whole = stack(TABLE, FAST)
    results = [result("fast", kind="stack", verdict="not-exercised", on=("toy/table",))]
    row = without(whole, better_without(whole, results))

    assert row.recipes == ("toy/table",)
    assert row.note == "dropped, because the others leave nothing to do for: fast"


def test_of_recipes_that_make_each_other_redundant_the_strongest_stays() -> None:
    other = recipe("other", "free")
    whole = stack(FAST, TABLE, other)
    results = [
        result("fast", kind="stack", verdict="not-exercised", on=("toy/table", "toy/other")),
        result("table", kind="stack", verdict="slower", on=("toy/fast", "toy/other")),
        result("other", kind="stack", verdict="slower", on=("toy/fast", "toy/table")),
    ]
    alone = [result("fast", point=1.4), result("table", point=1.9), result("other", point=3.0, verdict="undecided")]

    assert better_without(whole, results, alone) == {"toy/fast": "not-exercised", "toy/other": "slower"}
    assert set(better_without(whole, results, alone[:1])) == set(whole.ids)  # only one of them helps alone


def test_in_two_layouts_the_whole_is_the_whole_in_both_and_no_two_rows_are_called_alike() -> None:
    rows = [
        replace(r, cell=replace(r.cell, layout=layout))
        for r in (
            result("fast", "table", kind="stack"),
            result("fast", kind="stack", on=("toy/table",)),
            result("table", kind="stack"),
        )
        for layout in ("in-process", "processes")
    ]

    assert [stack_words(r, rows) for r in rows] == [
        "all 2 together",
        "all 2 together, own process",
        "fast on top of the rest",
        "fast on top of the rest, own process",
        "the one that is left",
        "the one that is left, own process",
    ]
