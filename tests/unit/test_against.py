"""Two saved runs held against each other: what pairs, what is called a change, what is named, what is refused."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.comparison.against import CONDITIONS, Difference, against
from perfkit.errors import UsageError
from perfkit.report.document import document_from_json
from perfkit.result import Document, Result, Speedup
from tests.integration.conftest import altered

GOLDEN = Path(__file__).parents[1] / "golden" / "format-1.json"
RUN: Document = document_from_json(json.loads(GOLDEN.read_text(encoding="utf-8")), "format-1.json")
ROW = RUN.results[0]


def of(*rows: Result, **changed: Any) -> Document:
    return replace(RUN, results=rows, **changed)


def gives(low: float, high: float, **changed: Any) -> Result:
    speedup = Speedup(point=(low * high) ** 0.5, low=low, high=high, level=0.95)
    return replace(ROW, **{"speedup": speedup, "noise_floor": 0.0, **changed})


def in_environment(**changed: object) -> Document:
    return replace(RUN, environment={**RUN.environment, **changed})


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        ((1.1, 1.2), (1.1, 1.2), "same"),
        ((1.1, 1.2), (1.15, 1.3), "same"),
        ((1.0, 2.0), (1.4, 1.5), "same"),
        ((1.1, 1.2), (1.2, 1.3), "same"),
        ((1.1, 1.2), (1.21, 1.3), "more"),
        ((1.1, 1.2), (0.9, 1.05), "less"),
    ],
    ids=["equal", "overlap", "inside", "touch", "above", "below"],
)
def test_a_change_is_two_intervals_that_lie_apart(then: Any, now: Any, change: str) -> None:
    (pair,) = against(of(gives(*now)), of(gives(*then))).pairs

    assert pair.change == change


@pytest.mark.parametrize("floors", [(0.2, 0.0), (0.0, 0.2), (None, 0.2)])
def test_what_identical_code_may_differ_by_is_no_change(floors: tuple[float | None, float | None]) -> None:
    then = gives(1.0, 1.01, noise_floor=floors[0])
    for factor, change in ((1.15, "same"), (0.87, "same"), (1.25, "more"), (0.8, "less")):
        (pair,) = against(of(gives(1.0 * factor, 1.01 * factor, noise_floor=floors[1])), of(then)).pairs
        assert pair.change == change
        assert bool(pair.note) == (change == "same")


def test_a_row_without_a_speed_up_has_only_its_verdict() -> None:
    rejected = replace(ROW, verdict="rejected", speedup=None)
    for then, now in ((ROW, rejected), (rejected, ROW), (rejected, rejected)):
        (pair,) = against(of(now), of(then)).pairs
        assert (pair.change, pair.then.verdict, pair.now.verdict) == ("verdict", then.verdict, now.verdict)


@pytest.mark.parametrize(
    "changed",
    [
        {"recipes": ("toy/other",)},
        {"recipes": (*ROW.recipes, "toy/other")},
        {"on": ("toy/other",)},
        {"workload": "other"},
        {"size": "other"},
        {"kind": "macro"},
        {"seam": "other"},
        {"state": "cold"},
        {"layout": "processes"},
    ],
    ids=lambda c: next(iter(c)),
)
def test_rows_that_measured_different_things_are_no_pair(changed: dict[str, Any]) -> None:
    other = altered(ROW, **changed)
    common = replace(ROW, recipes=("toy/common",))
    found = against(of(common, other), of(ROW, common))

    assert [p.now for p in found.pairs] == [common]
    assert (found.only_then, found.only_now) == ((ROW,), (other,))
    with pytest.raises(UsageError, match="no row in common") as caught:
        against(of(other), of(ROW))
    assert caught.value.code == 2


def test_the_order_of_recipes_and_rows_does_not_matter() -> None:
    one, two = altered(ROW, recipes=("toy/a", "toy/b"), on=("toy/c", "toy/d")), replace(ROW, recipes=("toy/e",))
    turned = altered(one, recipes=("toy/b", "toy/a"), on=("toy/d", "toy/c"))
    found = against(of(two, turned), of(one, two))

    assert [(p.now, p.then) for p in found.pairs] == [(two, two), (turned, one)]
    assert found.only_now == found.only_then == ()


@pytest.mark.parametrize(("name", "key"), CONDITIONS.items())
def test_every_condition_that_differs_is_named(name: str, key: str) -> None:
    then = RUN.environment.get(key)  # of a GPU nothing is written where there is none
    now: object = 2 * then if isinstance(then, int) else "another"
    found = against(in_environment(**{key: now}), RUN)

    assert found.differences == (Difference(name=name, then=then, now=now),)
    assert not found.times_comparable


def test_the_conditions_are_all_that_a_worker_tells_but_load_and_clock() -> None:
    assert set(RUN.environment) - set(CONDITIONS.values()) == {"load", "blas_threads", "resolution_ns"}


def test_another_perfkit_is_named() -> None:
    found = against(replace(RUN, perfkit="9.9"), RUN)

    assert found.differences == (Difference(name="perfkit", then=RUN.perfkit, now="9.9"),)
    assert not found.times_comparable


def test_load_clock_and_a_few_pages_of_memory_are_no_difference() -> None:
    memory = RUN.environment["memory_bytes"]
    assert isinstance(memory, int)
    found = against(in_environment(load=[9.0, 9.0, 9.0], resolution_ns=1, memory_bytes=memory - 40_960), RUN)

    assert found.differences == ()
    assert found.times_comparable


def test_a_condition_that_only_one_run_knows_is_a_difference() -> None:
    old = {k: v for k, v in RUN.environment.items() if k != "virtual"}
    found = against(RUN, replace(RUN, environment=old))

    assert [(d.name, d.then) for d in found.differences] == [("virtual", None)]
    neither = replace(RUN, environment=old)
    assert not against(neither, neither).times_comparable  # nobody knows that it is the same


def test_what_is_the_sessions_own_is_a_note_and_no_difference() -> None:
    now = replace(
        RUN, seed=7, status="interrupted", timing={**RUN.timing, "measuring_s": 9.0},
        results=tuple(replace(r, margin=0.05) for r in RUN.results),
    )  # fmt: skip
    found = against(now, RUN)

    assert [d.name for d in found.notes] == ["seed", "status", "margin", "measuring_s"]
    assert found.differences == ()
    a_little_longer = {**RUN.timing, "measuring_s": RUN.timing["measuring_s"] * 1.05}
    assert against(replace(RUN, timing=a_little_longer), RUN).notes == ()


@pytest.mark.parametrize("known", [{}, {"threads": 1, "resolution_ns": 40}], ids=["none", "settings alone"])
def test_a_run_whose_machine_is_not_known_is_refused(known: dict[str, object]) -> None:
    early = replace(RUN, environment=known)
    for which, now, then in (("new", early, RUN), ("old", RUN, early), ("new", early, early)):
        with pytest.raises(UsageError, match=f"the {which} run does not say what machine it ran on"):
            against(now, then)


def test_two_targets_are_refused_by_name() -> None:
    other = of(altered(ROW, target="glassbox", recipes=("glassbox/rope-cache",)))

    with pytest.raises(UsageError, match="the new run is of glassbox, the old one of toy"):
        against(other, RUN)


def test_a_run_without_rows_has_none_in_common() -> None:
    with pytest.raises(UsageError, match="no row in common"):
        against(RUN, of())


def test_two_rows_for_one_thing_are_refused() -> None:
    with pytest.raises(UsageError, match="the old run has two rows for one thing"):
        against(RUN, of(ROW, ROW))


INTERVALS = st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)).map(sorted)


@given(st.lists(st.tuples(INTERVALS, INTERVALS), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_turned_round_more_is_less_and_nothing_is_lost(rows: list[Any], shuffled: random.Random) -> None:
    then = [gives(*one, recipes=(f"toy/{i}",)) for i, (one, _) in enumerate(rows)]
    now = [gives(*two, recipes=(f"toy/{i}",)) for i, (_, two) in enumerate(rows)]
    shuffled.shuffle(then)
    forth, back = against(of(*now), of(*then)), against(of(*then), of(*now))

    turned = {"more": "less", "less": "more", "same": "same"}
    assert {p.now.recipes: p.change for p in forth.pairs} == {p.now.recipes: turned[p.change] for p in back.pairs}
    assert len(forth.pairs) == len(rows)
    assert {p.change for p in against(of(*now), of(*now)).pairs} == {"same"}
