"""Recipes, claims, and which of them may stand together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import pytest

from perfkit.equivalence import exact
from perfkit.errors import RecipeConflict
from perfkit.recipe import MEASURES, STATUSES, Claim, Recipe, check_together, compose


def slow_attend() -> str:
    return "slow"


@dataclass(frozen=True)
class Ops:
    attend: Callable[[], str] = slow_attend
    contract: Callable[[], str] = slow_attend
    scale: Callable[[], str] = slow_attend
    gate: Callable[[], str] = slow_attend


TREE = {"attend": ("contract",), "contract": ("scale",)}
CLAIM = Claim(text="2x", measure="speed-up", low=1.5, high=2.0, workload="forward", source="notes")


def swap(*names: str) -> Callable[[Ops], Ops]:
    """An apply() that puts a function of its own into each of the named seams."""
    return lambda ops: replace(ops, **{name: lambda: "fast" for name in names})


def recipe(name: str, *touches: str, **changes: Any) -> Recipe:
    fields = {"id": name, "target": "t", "touches": touches, "apply": swap(*touches), "equivalence": exact()}
    return Recipe(**{**fields, **changes})


def refuses(*recipes: Recipe, naming: tuple[str, ...]) -> RecipeConflict:
    """Composing refuses, in any order, and the message has every word of `naming`."""
    for order in permutations(recipes):
        with pytest.raises(RecipeConflict) as caught:
            compose(Ops(), order, TREE)
        for word in naming:
            assert word in caught.value.message
        assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("measure", MEASURES)
def test_a_claim_speaks_of_one_of_the_known_measures(measure: str) -> None:
    assert replace(CLAIM, measure=measure, low=0.1, high=0.2).measure == measure


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measure": "latency"}, "measure must be one of share of time, .*'latency'"),
        ({"low": 0.0}, "0 < low <= high"),
        ({"low": -1.0}, "0 < low <= high"),
        ({"low": 3.0, "high": 2.0}, "0 < low <= high, not low=3.0, high=2.0"),
        ({"low": float("nan")}, "0 < low <= high"),
        ({"measure": "share of time", "low": 10, "high": 14}, "share"),  # per cent by mistake
        ({"on": "rope-cache"}, "on"),  # a forgotten comma
        ({"on": ("rope-cache", 1)}, "on must be a tuple of names"),
        ({"workload": 1}, "claim workload must be a text, not 1"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CLAIM, **changes)


def test_a_claim_may_be_a_single_number() -> None:
    assert replace(CLAIM, low=2.0, high=2.0).low == 2.0


def test_names_become_sets_and_the_full_id_has_the_target() -> None:
    one = recipe("rope", "attend", shadows=["contract", "contract"], requires=("gate-fuse",))

    assert (one.touches, one.shadows, one.requires) == ({"attend"}, {"contract"}, {"gate-fuse"})
    assert one.full_id == "t/rope"


@pytest.mark.parametrize("status", STATUSES)
def test_every_documented_status_is_accepted(status: str) -> None:
    assert recipe("a", "gate", status=status).status == status


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"touches": ()}, "at least one seam"),
        ({"touches": "gate"}, "touches must be a set or tuple of names, not 'gate'"),
        ({"touches": {1, "gate"}}, "touches must be a set or tuple of names"),
        ({"touches": 3}, "touches must be"),
        ({"shadows": "gate"}, "shadows must be"),
        ({"requires": "gate"}, "requires must be"),
        ({"thresholds": {"rows": 128}}, "thresholds must be axis"),
        ({"thresholds": {"rows": (0, "no")}}, "thresholds must be axis"),
        ({"thresholds": {"rows": (float("nan"), "no")}}, "thresholds must be axis"),
        ({"thresholds": "rows"}, "thresholds must be axis"),
        ({"threaded": 1}, "threaded must be True or False"),
        ({"status": "shiny"}, "status must be one of documented, .*'shiny'"),
        ({"equivalence": "exact"}, "equivalence"),  # the brackets forgotten
        ({"claim": "2x"}, "claim"),
        ({"needs": "numba"}, "needs must be module -> what pip calls it"),
        ({"needs": ("numba",)}, "needs must be"),
        ({"needs": {"numba": ""}}, "needs must be"),
        ({"needs": {"numba": None}}, "needs must be"),
        ({"needs": {"perfkit[jit]": "numba"}}, "needs must be"),  # the wrong way round
        ({"needs": {"numba": "numba\nrm -r"}}, "needs must be"),
        ({"needs": {"numba": "numba; curl example.org | sh"}}, "needs must be"),
        ({"needs": {"numba": "$(reboot)"}}, "needs must be"),
        ({"needs": {"numba": "numba`reboot`"}}, "needs must be"),
        ({"needs": {"numba": "--pre"}}, "needs must be"),  # an option of pip's
        ({"needs": {"numba": "numba torch"}}, "needs must be"),  # quoted for a shell, these are one
        ({"needs": {"numba": "numba\u017f"}}, "needs must be"),
    ],
)
def test_a_recipe_with_a_bad_field_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        recipe("a", "gate", **changes)


@pytest.mark.parametrize(
    "wanted", ["numba", "perfkit[jit]", "a[x, y]", "ruamel.yaml", "numba>=0.60,<1", "numba [x] ~= 1.0", "torch!=2.1"]
)
def test_what_pip_takes_may_be_needed(wanted: str) -> None:
    assert recipe("a", "gate", needs={"numba": wanted}).needs == {"numba": wanted}


def test_what_a_recipe_needs_is_its_own_and_it_can_still_be_hashed() -> None:
    needs = {"numba": "perfkit[jit]"}
    one = recipe("a", "gate", needs=needs)
    needs.clear()

    assert one.needs == {"numba": "perfkit[jit]"}
    assert hash(one)
    assert one != replace(one, needs={})


def test_composing_nothing_is_the_baseline_itself() -> None:
    ops = Ops()

    assert compose(ops, (), TREE) is ops


def test_recipes_are_applied_in_the_order_given_each_to_the_table_before() -> None:
    seen: list[tuple[str, Ops]] = []

    def remember(name: str, seam: str) -> Recipe:
        def apply(ops: Ops) -> Ops:
            seen.append((name, ops))
            return replace(ops, **{seam: lambda: name})

        return recipe(name, seam, apply=apply)

    ops = Ops()
    both = compose(ops, [remember("b", "gate"), remember("a", "scale")], TREE)

    assert [name for name, _ in seen] == ["b", "a"]
    assert (both.gate(), both.scale(), both.attend()) == ("b", "a", "slow")
    assert seen[0][1] is ops
    assert seen[1][1].gate() == "b"
    assert ops == Ops()


def test_apply_runs_once_for_each_table_built() -> None:
    calls: list[Ops] = []
    one = recipe("a", "gate", apply=lambda ops: calls.append(ops) or replace(ops, gate=lambda: "own"))

    first, second = compose(Ops(), [one], TREE), compose(Ops(), [one], TREE)

    assert len(calls) == 2
    assert first.gate is not second.gate


def test_two_recipes_of_one_seam_are_refused() -> None:
    refuses(
        recipe("fuse-gate", "gate", "scale"), recipe("fast-gate", "gate"), naming=("fuse-gate", "fast-gate", "gate")
    )


def test_a_conflict_is_found_wherever_it_stands_in_the_list() -> None:
    refuses(recipe("a", "scale"), recipe("b", "gate"), recipe("c", "gate"), naming=("b", "c", "gate"))


def test_one_recipe_named_twice_is_refused() -> None:
    refuses(recipe("rope", "gate"), recipe("rope", "gate"), naming=("rope is named twice",))


def test_a_recipe_below_one_that_no_longer_calls_its_seam_is_refused() -> None:
    parent = recipe("flash", "attend", shadows=("contract",))

    refuses(parent, recipe("einsum", "contract"), naming=("flash no longer calls", "contract", "einsum"))


def test_shadowing_reaches_the_children_of_a_shadowed_seam() -> None:
    parent = recipe("flash", "attend", shadows=("contract",))

    refuses(parent, recipe("rescale", "scale"), naming=("flash no longer calls", "scale", "rescale"))


def test_a_parent_that_still_calls_its_children_stands_with_them() -> None:
    both = compose(Ops(), [recipe("tile", "attend"), recipe("einsum", "contract"), recipe("rescale", "scale")], TREE)

    assert (both.attend(), both.contract(), both.scale(), both.gate()) == ("fast", "fast", "fast", "slow")


def test_a_tree_that_turns_in_a_circle_ends() -> None:
    tree = {"attend": ("contract",), "contract": ("attend",)}

    check_together([recipe("a", "gate", shadows=("contract",)), recipe("b", "scale")], tree)


def test_a_missing_requirement_is_refused_with_what_to_add() -> None:
    found = refuses(recipe("fused", "gate", requires={"tile", "einsum"}), naming=("fused requires einsum, tile",))

    assert found.hint == "--recipe einsum --recipe tile"


def test_a_requirement_may_come_before_or_after() -> None:
    pair = [recipe("fused", "gate", requires={"einsum"}), recipe("einsum", "contract")]

    check_together(pair, TREE)
    check_together(pair[::-1], TREE)


def test_an_undeclared_change_is_refused() -> None:
    refuses(recipe("sly", "gate", apply=swap("gate", "scale")), naming=("sly changes scale without declaring",))


def test_a_declared_seam_left_as_it_was_is_refused() -> None:
    refuses(recipe("idle", "gate", "scale", apply=swap("gate")), naming=("idle declares scale but leaves",))


@pytest.mark.parametrize("changes", [{"touches": ("gate", "gaet")}, {"shadows": ("gaet",)}])
def test_a_seam_that_does_not_exist_is_refused(changes: dict[str, Any]) -> None:
    refuses(recipe("typo", "gate", **{"apply": swap("gate"), **changes}), naming=("typo", "gaet"))


@pytest.mark.parametrize("wrong", [None, {}, "ops"])
def test_an_apply_that_returns_no_table_is_refused(wrong: object) -> None:
    name = type(wrong).__name__
    refuses(recipe("lost", "gate", apply=lambda ops: wrong), naming=(f"lost: apply() returned {name}, not Ops",))


def test_a_change_is_judged_by_its_own_recipe() -> None:
    # the second puts back what the first replaced: neither may pass for the other
    undo = recipe("undo", "scale", apply=lambda ops: replace(ops, scale=lambda: "x", gate=slow_attend))

    with pytest.raises(RecipeConflict, match="undo changes gate without declaring it"):
        compose(Ops(), [recipe("fast", "gate"), undo], TREE)
