"""Recipes against their targets: who is set aside, with what words, and that nobody else is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog.read_files import RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.catalog.validate import sort_out
from perfkit.equivalence import exact
from perfkit.errors import CatalogError
from perfkit.recipe import Claim, Recipe
from perfkit.target import Seam

TOY = TargetEntry(
    id="toy",
    summary="",
    workloads=(WorkloadEntry(id="run", summary="", sizes=("small",)),),
    seams={
        s.name: s
        for s in (Seam(name="outer", children=("inner",)), Seam(name="inner"), Seam(name="table"), Seam(name="buffer"))
    },
    path=Path("toy/target.py"),
    module="toy",
    root=None,
)


def recipe(name: str, *touches: str, target: str = "toy", workload: str = "run", **changes: Any) -> RecipeEntry:
    claim = Claim(text="", measure="speed-up", low=1.5, high=2, workload=workload, source="", on=changes.pop("on", ()))
    made = Recipe(
        id=name, target=target, touches=touches, apply=lambda ops: ops, equivalence=exact(), claim=claim, **changes
    )
    return RecipeEntry(recipe=made, summary="", doc="", path=Path(f"{name}.py"), module=name, root=None)


def elsewhere(workload: str) -> RecipeEntry:
    """A recipe that names its workload itself."""
    entry = recipe("bad", "outer")
    return replace(entry, recipe=replace(entry.recipe, workload=workload))


def broken(kind: str, name: str) -> CatalogError:
    error = CatalogError("cannot be read", hint="fix it")
    error.about = kind, name
    return error


PLAIN, TABLE = recipe("plain", "inner"), recipe("table", "table")
NEEDS = recipe("needs", "buffer", requires=("table",), on=("plain",))
BAD = [
    (recipe("bad", "inner", target="tay"), "no target is called 'tay'", "did you mean toy?; "),
    (recipe("bad", "innr"), "no seam of toy (in touches) is called 'innr'", "did you mean inner?"),
    (recipe("bad", "outer", shadows=("innr",)), "no seam of toy (in shadows) is called 'innr'", "inner"),
    (recipe("bad", "outer", requires=("plane",)), "no recipe of toy (in requires) is called 'plane'", "plain"),
    (recipe("bad", "outer", on=("plane",)), "no recipe of toy (in claim.on) is called 'plane'", "did you mean plain?"),
    (recipe("bad", "outer", on=("toy/plain",)), "no recipe of toy (in claim.on) is called 'toy/plain'", "plain"),
    (recipe("bad", "outer", workload="rum"), "no workload of toy is called 'rum'", "did you mean run?"),
    (elsewhere("rum"), "no workload of toy is called 'rum'", "did you mean run?"),
    (recipe("bad", "inner", on=("plain",)), "cannot be set up: plain and bad both replace the seam inner", "claim.on"),
    (recipe("bad", "inner", requires=("plain",)), "plain and bad both replace the seam inner", "requires"),
    (recipe("bad", "outer", shadows=("inner",), on=("plain",)), "bad no longer calls the seam inner, which", "at once"),
    (recipe("bad", "outer", on=("bad",)), "bad is named twice", "claim.on"),
    (recipe("bad", "outer", on=("needs",)), "needs requires table", "all that these require"),
]


@pytest.mark.parametrize(("bad", "says", "hint"), BAD, ids=[says for _, says, _ in BAD])
def test_a_recipe_that_does_not_fit_is_set_aside_alone_and_says_why(bad: RecipeEntry, says: str, hint: str) -> None:
    fitting, (error,) = sort_out([PLAIN, bad, TABLE, NEEDS], [TOY], [])

    assert fitting == (PLAIN, TABLE, NEEDS)
    assert error.message.startswith("bad.py: ")
    assert says in error.message
    assert hint in error.hint
    assert error.about == ("recipe", bad.recipe.full_id)


def test_who_stands_on_what_is_left_out_is_left_out_too() -> None:
    bad = recipe("bad", "innr")
    first, second = recipe("first", "outer", on=("bad",)), recipe("second", "inner", requires=("first",))
    fitting, misfits = sort_out([second, first, bad, TABLE], [TOY], [])

    assert fitting == (TABLE,)
    assert [(str(e), e.hint) for e in misfits[1:]] == [
        ("first.py: bad (in claim.on) is itself skipped", "fix bad first"),
        ("second.py: first (in requires) is itself skipped", "fix first first"),
    ]


def test_a_recipe_that_cannot_be_read_is_left_out_not_unknown() -> None:
    _, (error,) = sort_out([recipe("first", "outer", on=("torn",))], [TOY], [broken("recipe", "toy/torn")])

    assert error.message == "first.py: torn (in claim.on) is itself skipped"


def test_a_file_that_can_be_read_counts_though_another_of_that_name_cannot() -> None:
    stands = recipe("stands", "outer", on=("plain",))
    torn = [broken("recipe", "toy/plain"), broken("target", "toy")]

    assert sort_out([PLAIN, stands, recipe("bad", "innr")], [TOY], torn)[0] == (PLAIN, stands)


def test_the_recipes_of_a_target_that_cannot_be_read_are_kept_for_its_own_error_says_all() -> None:
    assert sort_out([PLAIN], [], [broken("target", "toy")]) == ((PLAIN,), [])


def test_recipes_that_require_one_another_fit() -> None:
    both = [recipe("one", "inner", requires=("two",)), recipe("two", "table", requires=("one",))]

    assert sort_out(both, [TOY], []) == (tuple(both), [])
