"""Many recipes in batches: which come first, what each gets of the time, and how long all of it will take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from perfkit.comparison.batches import Need, batches_of, first_part_s, share_of
from perfkit.comparison.plan import Choice, Plan, set_up
from perfkit.protocol.counting import Inspected
from tests.messages import seam_count
from tests.unit.test_plan import catalog, recipe

MS = 1e6
SHARES = {"outer": 0.9, "inner": 0.2, "table": 0.05, "buffer": 0.0}


def plan(*names: str, workloads: Mapping[str, str] | None = None) -> Plan:
    """All recipes of a target; the first word of a name is the seam that it replaces."""
    workloads = workloads or {}
    entries = [recipe(name, name.partition("-")[0], workload=workloads.get(name, "run"), on=()) for name in names]
    return set_up(catalog(*entries), Choice(target="toy", every=True))


def counted(
    shares: Mapping[str, float] = SHARES, run_ns: float = MS, walk_ns: float = MS
) -> dict[tuple[str, tuple[str, ...]], Inspected]:
    seams = {name: seam_count(inclusive=share) for name, share in shares.items()}
    return {
        (name, ()): Inspected(call_ns=ns, passes=1, seams=seams) for name, ns in (("run", run_ns), ("walk", walk_ns))
    }


def names(batches: list[Plan]) -> list[list[str]]:
    return [[entry.recipe.id for (entry,) in batch.variants] for batch in batches]


MANY = (
    *(f"buffer-{i}" for i in range(4)),
    *(f"inner-{i}" for i in range(5)),
    "outer-a",
    *(f"table-{i}" for i in "abc"),
)


def test_what_replaces_most_of_the_time_comes_first_and_two_of_them_before_all_others() -> None:
    assert names(batches_of(plan(*MANY), counted())) == [
        ["inner-0", "outer-a"],  # in the order of the table, which the roles are numbered in
        ["inner-1", "inner-2", "inner-3", "inner-4", "table-a", "table-b"],
        ["buffer-0", "buffer-1", "buffer-2", "buffer-3", "table-c"],
    ]


def test_each_is_in_one_batch_and_is_proven_as_one_of_all() -> None:
    whole = plan(*MANY)
    batches = batches_of(whole, counted())

    assert sorted(name for batch in names(batches) for name in batch) == sorted(MANY)
    assert all(batch.is_of_many for batch in batches)
    assert not replace(whole, variants=whole.variants[:2]).is_of_many


def test_shares_that_are_clocked_a_little_otherwise_make_the_same_batches() -> None:
    one, other = ({**SHARES, "inner": 0.2 + more, "table": 0.2 - more} for more in (0.01, -0.01))

    assert names(batches_of(plan(*MANY), counted(one))) == names(batches_of(plan(*MANY), counted(other)))


def test_few_recipes_and_those_that_were_named_are_one_batch() -> None:
    few = plan("inner-0", "outer-a", "table-a")
    named = replace(plan(*MANY), in_batches=False)

    assert names(batches_of(few, counted())) == [["inner-0", "outer-a", "table-a"]]
    assert batches_of(named, counted()) == [named]


def test_those_of_one_workload_stay_together_and_small_lists_share_a_batch() -> None:
    where = {"inner-0": "walk", "inner-1": "walk", "table-0": "walk"}
    batches = batches_of(plan(*where, *(f"outer-{i}" for i in range(7)), "table-1", workloads=where), counted())

    assert names(batches) == [
        ["outer-0", "outer-1"],
        ["outer-2", "outer-3", "outer-4", "outer-5", "outer-6", "table-1"],
        ["inner-0", "inner-1", "table-0"],
    ]
    assert names(batches_of(plan(*where, *(f"outer-{i}" for i in range(4)), workloads=where), counted())) == [
        ["outer-0", "outer-1"],
        ["inner-0", "inner-1", "table-0", "outer-2", "outer-3"],
    ]


def test_workloads_whose_calls_take_seconds_come_last_and_at_once() -> None:
    where = {f"outer-{i}": "walk" for i in range(9)}
    batches = batches_of(plan(*where, *(f"table-{i}" for i in range(4)), workloads=where), counted(walk_ns=2000 * MS))

    assert [len(batch.variants) for batch in batches] == [2, 2, 9]
    assert {name.partition("-")[0] for name in names(batches)[2]} == {"outer"}
    slow = batches_of(plan(*where, workloads=where), counted(walk_ns=2000 * MS))
    assert [len(batch.variants) for batch in slow] == [9]  # a part of them first would need a baseline of its own


def test_a_large_catalogue_has_larger_batches() -> None:
    assert [len(b.variants) for b in batches_of(plan(*(f"inner-{i}" for i in range(42))), counted())] == [
        2,
        11,
        11,
        11,
        7,
    ]


def test_a_share_is_that_of_the_workload_where_it_is_largest_and_nothing_where_none_was_counted() -> None:
    whole = replace(plan("inner-0"), workload="all")
    seen = {**counted(), ("walk", ()): counted({"inner": 0.7})["walk", ()]}

    assert share_of(whole, whole.variants[0], seen) == 0.7
    assert share_of(whole, whole.variants[0], {}) == 0.0


def test_the_time_is_shared_out_by_need_and_then_by_weight() -> None:
    needs = [Need(least_s=10, weight=1), Need(least_s=20, weight=3)]

    assert first_part_s(70, needs) == 10 + 40 / 4
    assert first_part_s(15, needs) == 5  # not enough for both: the same part of what each needs
    assert first_part_s(-1, needs) == first_part_s(-1, [Need(least_s=0, weight=1)] * 2) == 0
    assert first_part_s(70, needs[1:]) == 70
    assert first_part_s(8, [Need(least_s=0, weight=0)] * 2) == 4


def test_what_one_leaves_those_after_it_have() -> None:
    needs, left_s, got = [Need(least_s=0, weight=1)] * 3, 30.0, []
    for number in range(3):
        got.append(first_part_s(left_s, needs[number:]))
        left_s -= got[-1] / 2  # became precise early

    assert got == pytest.approx([10, 12.5, 18.75])
