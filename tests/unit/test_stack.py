"""Which recipes stand together, what rows that makes, and which of them are dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perfkit.catalog import RecipeEntry
from perfkit.comparison.stack import Stack, better_without, compatible, rows_of_stack, without
from perfkit.equivalence import exact
from perfkit.recipe import Recipe
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
        id="", group="", role="", target="toy", recipes=tuple(f"toy/{r}" for r in recipes), on=on, workload=workload,
        size="small", kind=kind, seam=None, state=None, layout="in-process", verdict=verdict, reason=None, note="",
        baseline_ns=1.0, candidate_ns=1.0, speedup=Speedup(point=point, low=point, high=point, level=0.95),
        speedup_99=None, noise_floor=None, margin=0.01, claim=None, share=None, amdahl=None, processes=8, rounds=80,
        loops={}, proof=Proof(passed=True, kind="exact", detail="", checked_calls=1),
    )  # fmt: skip


def stack(*entries: RecipeEntry, left_out: tuple[str, ...] = ()) -> Stack:
    return Stack(workload="run", size="small", entries=entries, left_out=left_out)


FAST, SLOW, TABLE = recipe("fast", "inner"), recipe("slow", "inner"), recipe("table", "table")
PARENT = recipe("parent", "outer", shadows={"inner"})
NEEDS = recipe("needs", "free", requires={"table"})


def test_of_two_that_cannot_stand_together_the_faster_stays_and_the_other_is_named() -> None:
    found = compatible([SLOW, FAST], [result("fast", point=2), result("slow", point=1.5)], TREE, "run", "small")

    assert found.ids == ("toy/fast",)
    assert found.left_out == ("slow (fast and slow both replace the seam inner)",)


def test_a_parent_that_hides_a_child_wins_only_when_it_is_faster() -> None:
    for parent, expected in ((3.0, "toy/parent"), (1.2, "toy/fast")):
        results = [result("fast", point=2), result("parent", point=parent)]
        assert compatible([FAST, PARENT], results, TREE, "run", "small").ids == (expected,)


def test_what_a_recipe_requires_comes_with_it_and_before_it() -> None:
    found = compatible([NEEDS, TABLE], [result("needs", point=9)], TREE, "run", "small")

    assert found.ids == ("toy/table", "toy/needs")


def test_a_recipe_whose_requirement_cannot_stand_here_is_left_out() -> None:
    found = compatible([NEEDS, FAST], [], TREE, "run", "small")

    assert found.ids == ("toy/fast",)
    assert found.left_out == ("needs (requires table)",)


def test_the_row_of_the_workload_itself_counts_more_than_a_better_one_elsewhere() -> None:
    results = [
        result("fast", point=1.1),
        result("fast", point=9, workload="walk"),
        result("slow", point=1.5),
    ]
    assert compatible([SLOW, FAST], results, TREE, "run", "small").ids == ("toy/slow",)


def test_what_a_recipe_gives_on_the_stage_of_its_claim_does_not_count() -> None:
    results = [result("fast", point=1.1), result("fast", point=9, on=("toy/stage",)), result("slow", point=1.5)]

    assert compatible([SLOW, FAST], results, TREE, "run", "small").ids == ("toy/slow",)


def test_rows_are_the_whole_and_each_on_the_rest_with_those_that_need_it() -> None:
    rows = rows_of_stack(stack(TABLE, NEEDS, FAST, left_out=("slow (why)",)))

    assert [(r.recipes, r.on) for r in rows] == [
        (("toy/table", "toy/needs", "toy/fast"), ()),
        (("toy/table", "toy/needs"), ("toy/fast",)),
        (("toy/needs",), ("toy/table", "toy/fast")),
        (("toy/fast",), ("toy/table", "toy/needs")),
    ]
    assert {r.kind for r in rows} == {"stack"}
    assert rows[0].note == "left out: slow (why)"
    assert len(rows_of_stack(stack(FAST))) == 1


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
    assert (row.recipes, row.on) == (("toy/fast",), ())
    assert row.note == "dropped, because the rest is faster without: table, needs"


def test_what_has_nothing_to_do_in_the_stack_is_dropped_too() -> None:
    whole = stack(TABLE, FAST)
    results = [result("fast", kind="stack", verdict="not-exercised", on=("toy/table",))]
    row = without(whole, better_without(whole, results))

    assert row.recipes == ("toy/table",)
    assert row.note == "dropped, because the others leave nothing to do for: fast"
