"""What a comparison will measure: the variants a user's words stand for, and the rows they make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.comparison.plan import Choice, Plan, set_up
from perfkit.comparison.planned_rows import Row, rows_of
from perfkit.equivalence import exact
from perfkit.errors import RecipeConflict, UnknownName, UsageError
from perfkit.protocol.counting import Inspected, SeamCount
from perfkit.recipe import Claim, Recipe
from perfkit.target import Seam
from tests.messages import seam_count

HERE = Path("somewhere")


def recipe(name: str, *touches: str, target: str = "toy", workload: str = "run", **changes: Any) -> RecipeEntry:
    on = changes.pop("on", None)
    claim = Claim(text="", measure="speed-up", low=1.5, high=2, workload=workload, source="", on=on or ())
    fields = {"id": name, "target": target, "touches": touches, "equivalence": exact(), "apply": lambda ops: ops}
    made = Recipe(**{**fields, "claim": None if on is None else claim, **changes})
    return RecipeEntry(recipe=made, summary="", doc="", path=HERE, module=name, root=HERE)


def target(name: str = "toy") -> TargetEntry:
    seams = [Seam(name="outer", children=("inner",)), Seam(name="inner"), Seam(name="buffer", kind="factory")]
    seams.append(Seam(name="table", reused=True))
    return TargetEntry(
        id=name,
        summary="",
        workloads=(
            WorkloadEntry(id="run", summary="", sizes=("small", "full")),
            WorkloadEntry(id="walk", summary="", sizes=("big",)),
        ),
        seams={s.name: s for s in seams},
        path=HERE,
        module=name,
        root=HERE,
    )


PLAIN, CLAIMED = recipe("plain", "inner"), recipe("claimed", "outer", on=("plain",), workload="walk")
TABLE, OTHER = recipe("table", "table", on=()), recipe("other", "inner", target="two")
NEEDS = recipe("needs", "buffer", requires={"table"})


def catalog(*recipes: RecipeEntry) -> Catalog:
    return Catalog(
        recipes=recipes or (PLAIN, CLAIMED, TABLE, OTHER, NEEDS), targets=(target(), target("two")), broken=()
    )


def ask(
    *recipes: str, target: str | None = None, every: bool = False, workload: str | None = None, size: str | None = None
) -> Plan:
    return set_up(catalog(), Choice(target=target, recipes=recipes, every=every, workload=workload, size=size))


def rows(plan: Plan, layouts: tuple[str, ...] = ("in-process",), **changed: SeamCount) -> list[Row]:
    seams = {name: seam_count() for name in plan.target.seams} | changed
    stacks = [(), ("toy/plain",)]
    counted = Inspected(call_ns=9.0, passes=1, seams=seams)
    return list(rows_of(plan, {(w, on): counted for w in ("run", "walk") for on in stacks}, layouts))


def brief(row: Row) -> tuple[str, str | None, str, tuple[str, ...]]:
    return row.cell.kind, row.cell.seam, row.cell.workload, row.cell.on


def test_a_recipe_names_its_target_and_its_claim_the_workload() -> None:
    plan = ask("claimed")

    assert plan.target.id == "toy"
    assert plan.workloads(plan.variants[0]) == ("walk",)
    assert plan.size_of("walk") == "big"
    assert plan.size_of("run") == "small"


def test_a_recipe_without_claim_runs_on_the_first_workload() -> None:
    assert ask("plain").workloads((PLAIN,)) == ("run",)


def test_a_recipe_may_name_its_workload_but_its_claim_comes_first() -> None:
    named = [replace(e, recipe=replace(e.recipe, workload=w)) for e, w in ((PLAIN, "walk"), (CLAIMED, "run"))]
    plan = set_up(catalog(*named), Choice(target="toy", recipes=("plain", "claimed")))

    assert plan.workloads(plan.variants[0]) == ("walk",)
    assert plan.workloads(plan.variants[1]) == ("walk",)
    with pytest.raises(ValueError, match="workload must be a name"):
        replace(PLAIN.recipe, workload=3)


def test_the_user_may_choose_the_workload_and_the_size() -> None:
    assert ask("claimed", workload="run").workloads((CLAIMED,)) == ("run",)
    assert ask("claimed", workload="all").workloads((CLAIMED,)) == ("run", "walk")
    assert ask("plain", size="full").size_of("run") == "full"


def test_several_recipes_are_compared_alone_and_together() -> None:
    plan = ask("table", "claimed")

    assert plan.variants == ((TABLE,), (CLAIMED,), (TABLE, CLAIMED))
    assert plan.workloads((TABLE, CLAIMED)) == ("run", "walk")


def test_all_takes_each_recipe_of_the_target_alone() -> None:
    assert ask(target="toy", every=True).variants == ((PLAIN,), (CLAIMED,), (TABLE,), (NEEDS,))


@pytest.mark.parametrize(
    ("recipes", "options", "error", "message"),
    [
        ((), {}, UsageError, "nothing to compare"),
        (("plane",), {}, UnknownName, "no recipe is called 'plane'"),
        (("plain",), {"target": "tow"}, UnknownName, "no target is called 'tow'"),
        (("plain",), {"workload": "rum"}, UnknownName, "no workload of toy is called 'rum'"),
        (("plain",), {"size": "huge"}, UnknownName, "no size of toy/run is called 'huge'"),
        (("claimed",), {"size": "full"}, UnknownName, "no size of toy/walk is called 'full'"),
        (("plain", "other"), {}, UsageError, "several targets: toy, two"),
        (("other",), {"target": "toy"}, UsageError, "two/other is not a recipe of toy"),
        (("plain", "plain"), {}, RecipeConflict, "plain is named twice"),
        (("claimed", "needs"), {}, RecipeConflict, "needs requires table"),
        (("plain",), {"every": True, "target": "toy"}, UsageError, "--all and --recipe do not go together"),
        ((), {"every": True}, UsageError, "--all needs a target"),
        ((), {"every": True, "target": "tay"}, UnknownName, "no target is called 'tay'"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_hint(
    recipes: tuple[str, ...], options: dict[str, Any], error: type[UsageError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        ask(*recipes, **options)
    assert caught.value.hint


def test_all_without_a_target_is_a_usage_error_even_where_no_target_can_be_read() -> None:
    nothing = Catalog(recipes=(), targets=(), broken=())
    with pytest.raises(UsageError, match="--all needs a target"):
        set_up(nothing, Choice(every=True))


def test_a_target_without_recipes_has_nothing_to_compare() -> None:
    with pytest.raises(UsageError, match="two has no recipes"):
        set_up(catalog(PLAIN), Choice(target="two", every=True))


@pytest.mark.parametrize("recipes", [("plain", "needs"), ()], ids=["named", "all"])
def test_a_recipe_that_requires_another_is_measured_on_top_of_it(recipes: tuple[str, ...]) -> None:
    needs = recipe("needs", "outer", requires={"plain"}, on=())
    plan = set_up(catalog(PLAIN, needs), Choice(target="toy", recipes=recipes, every=not recipes))

    assert plan.stacks((needs,)) == (("toy/plain",),)
    assert plan.stacks((PLAIN,)) == plan.stacks((PLAIN, needs)) == ((),)


def test_rows_are_the_seam_alone_then_the_claims_stack_then_the_bare_baseline() -> None:
    assert [brief(r) for r in rows(ask("claimed"))] == [
        ("micro", "outer", "walk", ("toy/plain",)),
        ("macro", None, "walk", ("toy/plain",)),
        ("macro", None, "walk", ()),
    ]


def test_a_claim_on_nothing_has_one_macro_row_and_two_layouts_make_two() -> None:
    assert [brief(r) for r in rows(ask("plain"))] == [("micro", "inner", "run", ()), ("macro", None, "run", ())]
    both = rows(ask("plain"), layouts=("in-process", "processes"))
    assert [(r.cell.kind, r.cell.layout) for r in both] == [
        ("micro", "in-process"),
        ("macro", "in-process"),
        ("macro", "processes"),
    ]


def test_recipes_together_have_macro_rows_only() -> None:
    together = [r for r in rows(ask("table", "claimed")) if len(r.recipes) == 2]

    assert [brief(r) for r in together] == [("macro", None, "run", ()), ("macro", None, "walk", ())]
    assert together[0].recipes == ("toy/table", "toy/claimed")


MISSING = "pip install 'perfkit[jit]' (numbb is not installed)"


def lacking(entry: RecipeEntry) -> RecipeEntry:
    return replace(entry, unavailable=MISSING)


def of(*entries: RecipeEntry, recipes: tuple[str, ...]) -> Plan:
    return set_up(catalog(*entries), Choice(target="toy", recipes=recipes))


def test_a_recipe_that_lacks_a_module_has_a_row_and_is_neither_counted_nor_measured() -> None:
    plan = of(lacking(PLAIN), CLAIMED, TABLE, recipes=("plain", "table"))
    plain, table, both = plan.variants
    found = {r.recipes: r for r in rows(plan) if r.cell.kind == "macro"}

    assert [plan.measurable(v) for v in (plain, table, both)] == [(), ((),), ()]
    assert [(r.cell.kind, r.remark, r.reason) for r in rows(plan) if r.recipes == ("toy/plain",)] == [
        ("macro", f"unavailable: {MISSING}", "missing-dependency")
    ]
    assert found["toy/plain", "toy/table"].remark == f"unavailable: plain needs {MISSING}"
    assert found["toy/table",].remark == ""
    assert found["toy/table",].reason is None


def test_a_claim_whose_stack_lacks_a_module_is_measured_on_the_bare_baseline() -> None:
    plan = of(lacking(PLAIN), CLAIMED, recipes=("claimed",))

    assert plan.measurable(plan.variants[0]) == ((),)
    assert [(*brief(r), r.remark) for r in rows(plan)] == [
        ("micro", "outer", "walk", (), ""),
        ("macro", None, "walk", ("toy/plain",), f"unavailable: plain needs {MISSING}"),
        ("macro", None, "walk", (), ""),
    ]


def test_a_recipe_that_requires_what_is_unavailable_is_unavailable() -> None:
    needs = recipe("needs", "outer", requires={"plain"}, on=())
    plan = of(lacking(PLAIN), needs, recipes=("needs",))

    assert plan.measurable((needs,)) == ()
    assert [r.remark for r in rows(plan)] == [f"unavailable: plain needs {MISSING}"]


def test_a_seam_whose_arguments_recur_is_measured_cold_and_warm() -> None:
    assert [r.cell.state for r in rows(ask("table")) if r.cell.kind == "micro"] == ["cold", "warm"]


@pytest.mark.parametrize(
    ("kind", "saw", "remark"),
    [
        ("call", seam_count(calls=0), "run never calls it"),
        ("call", seam_count(calls=0, in_build=1), "run calls it only while it is built, which is not timed"),
        ("factory", seam_count(), "macro only: a factory has no work of its own"),
        ("call", seam_count(obstacle="argument 1 is a Pool"), "macro only: argument 1 is a Pool"),
        ("call", seam_count(shapes=""), "macro only: its arguments never vary"),
        ("call", seam_count(), ""),
    ],
)
def test_a_seam_that_cannot_be_measured_alone_says_why(kind: str, saw: dict[str, Any], remark: str) -> None:
    plan = ask("plain")
    entry = replace(plan.target, seams=plan.target.seams | {"inner": Seam(name="inner", kind=kind)})
    (micro,) = [r for r in rows(replace(plan, target=entry), inner=saw) if r.cell.kind == "micro"]

    assert (micro.remark, micro.cell.state) == (remark, None)


def test_a_row_says_that_its_arguments_are_recorded() -> None:
    micro, *macro = rows(ask("plain"), inner=seam_count(recorded="list, str"))

    assert (micro.cell.kind, micro.remark, micro.note) == ("micro", "", "on recorded arguments (list, str)")
    assert {row.note for row in macro} == {""}


def test_a_threaded_recipe_is_measured_on_the_other_number_of_threads_too() -> None:
    plain, threaded = recipe("plain", "inner"), recipe("pool", "table", threaded=True)

    def numbers(name: str, other: int | None) -> list[int | None]:
        found = catalog(plain, threaded)
        plan = set_up(found, Choice(recipes=[name], other_threads=other))
        return [row.cell.threads for row in rows(plan, ("processes",)) if row.cell.kind == "macro"]

    assert numbers("pool", 4) == [None, 4]
    assert numbers("pool", None) == numbers("plain", 4) == [None]


def alternatives(*recipes: RecipeEntry, **choice: Any) -> Plan:
    names = [e.recipe.id for e in recipes]
    return set_up(
        catalog(*dict(zip(names, recipes, strict=True)).values()),
        Choice(target="toy", recipes=names, alternatives=True, **choice),
    )


def test_two_on_one_seam_are_measured_alone_and_against_each_other() -> None:
    first, second = recipe("first", "inner"), recipe("second", "inner", "table")
    plan = alternatives(first, second)

    assert plan.variants == ((first,), (second,))
    assert plan.alternatives == (("toy/first", "toy/second"),)
    with pytest.raises(RecipeConflict, match="both replace the seam inner") as told:
        set_up(catalog(first, second), Choice(recipes=("first", "second")))
    assert told.value.hint == "perfkit compare toy first second measures one against the other"


def test_alternatives_are_measured_on_all_the_workloads_of_both() -> None:
    first, second = recipe("first", "inner", on=()), recipe("second", "inner", on=(), workload="walk")
    third = recipe("third", "table", on=(), workload="run")
    plan = alternatives(first, second, third)

    assert plan.alternatives == (("toy/first", "toy/second"),)
    assert {plan.workloads((e,)) for e in (first, second)} == {("run", "walk"), ("walk", "run")}
    assert plan.workloads((third,)) == ("run",)
    assert plan.variants == ((first,), (second,), (third,))


def test_what_shadows_another_is_an_alternative_to_it() -> None:
    whole, part = recipe("whole", "outer", shadows={"inner"}), recipe("part", "inner")

    assert alternatives(whole, part).alternatives == (("toy/whole", "toy/part"),)


def test_what_stands_together_is_no_alternative_and_what_is_required_is_still_missed() -> None:
    plan = alternatives(PLAIN, TABLE)

    assert plan.alternatives == ()
    assert plan.variants == ((PLAIN,), (TABLE,), (PLAIN, TABLE))
    with pytest.raises(RecipeConflict, match="needs requires table"):
        alternatives(PLAIN, NEEDS)


def test_alternatives_with_nothing_in_common_and_one_that_is_named_twice_are_refused() -> None:
    first, second = recipe("first", "inner"), recipe("second", "inner", requires={"table"})

    with pytest.raises(RecipeConflict, match="second and first require different recipes: first requires nothing and"):
        alternatives(first, second, TABLE)
    with pytest.raises(RecipeConflict, match="first is named twice"):
        alternatives(first, recipe("other", "inner"), first)


def test_what_is_proven_at_the_small_size_alone_is_named() -> None:
    plan = ask("claimed")

    assert plan.unproven == ("proven at size tiny only: run; --workload all measures there too",)
    assert ask("claimed", workload="all").unproven == ()
    assert ask(target="toy", every=True).unproven == ()
    assert "without --quick" in replace(plan, quick=True).unproven[0]
