"""What is written after --args and --close, and what functions become as a plan."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from perfkit.comparison.arguments import read_arguments, read_tolerance
from perfkit.comparison.functions import Functions, plan_of, source_of
from perfkit.comparison.planned_rows import rows_of
from perfkit.errors import UsageError

CALLS: dict[str, dict[str, Any]] = {
    "": {"call": ((), {})},
    "3": {"call": ((3,), {})},
    "3,": {"call": ((3,), {})},
    "n=10": {"call": ((), {"n": 10})},
    "n=[10, 1000], x=2.5": {"n=10": ((), {"n": 10, "x": 2.5}), "n=1000": ((), {"n": 1000, "x": 2.5})},
    "[1, 2]": {"1": ((1,), {}), "2": ((2,), {})},
    "[[1, 2]]": {"[1, 2]": (([1, 2],), {})},
    "(1, 2)": {"call": (((1, 2),), {})},
    "a=[1, 2], b=[3, 4]": {
        f"a={a}, b={b}": ((), {"a": a, "b": b}) for a in (1, 2) for b in (3, 4)
    },
    "'x', {'k': {1, 2}}, b'y', None, -1, 1e999": {"call": (("x", {"k": {1, 2}}, b"y", None, -1, 1e999), {})},
}  # fmt: skip


@pytest.mark.parametrize("text", CALLS)
def test_literals_are_read_and_lists_are_swept(text: str) -> None:
    assert {label: ast.literal_eval(call) for label, call in read_arguments(text).items()} == CALLS[text]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("n=[", "cannot be read"),
        ("n=1)+(2", "more than arguments"),
        ("*[1]", "no [*]"),
        ("**{'a': 1}", "no [*]"),
        ("open('x')", "takes literals, and open"),
        ("n=x", "takes literals, and x is none"),
        ("[]", "a list without values"),
        (f"{[*range(25)]}", "more than 24 calls"),
    ],
)
def test_what_is_no_literal_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        read_arguments(text)
    assert caught.value.hint


def test_long_labels_are_cut_and_stay_apart() -> None:
    labels = [*read_arguments(f"[{'a' * 60!r}, {'a' * 59 + 'b'!r}]")]

    assert len(labels) == len(set(labels)) == 2
    assert max(map(len, labels)) <= 40


def test_a_tolerance_is_read() -> None:
    assert read_tolerance("rtol=1e-6, atol=1e-9", None) == {"rtol": 1e-6, "atol": 1e-9}
    assert read_tolerance(None, 4) == {"ulp": 4}
    assert read_tolerance(None, None) == {}
    for wrong in ("rtol", "ulp=3", "rtol=x", "rtol=0.5", "rtol=-1"):
        with pytest.raises(UsageError):
            read_tolerance(wrong, None)


def asked(**changed: Any) -> Functions:
    return Functions(**{"baseline": "m:old", "candidates": ("m:new", "f.py:C.x"), "make": "m:make", **changed})


def test_functions_become_a_target_and_candidates_under_their_own_names() -> None:
    plan = plan_of(asked())
    rows = [*rows_of(plan, {}, ["in-process"])]

    assert [(r.cell.target, r.recipes, r.cell.workload, r.cell.kind) for r in rows] == [
        ("m:old", ("m:new",), "call", "macro"),
        ("m:old", ("f.py:C.x",), "call", "macro"),
    ]
    assert {r.note for r in rows} == {""}
    assert plan.proves
    source = source_of(asked(), raising=True)
    assert (source.make, source.candidates, source.raising) == (
        "m:make",
        {"m:new": "m:new", "f.py:C.x": "f.py:C.x"},
        True,
    )


def test_each_set_of_arguments_is_a_workload_and_recurs() -> None:
    plan = plan_of(asked(make=None, calls=read_arguments("n=[1, 2]"), candidates=("m:new",)))
    rows = [*rows_of(plan, {}, ["in-process"])]

    assert [(r.cell.workload, r.cell.state) for r in rows] == [
        (name, state) for name in ("n=1", "n=2") for state in ("cold", "warm")
    ]
    apart = [*rows_of(plan, {}, ["processes"])]
    assert {(r.cell.state, r.cell.layout) for r in apart} == {("warm", "processes")}


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, "exact"),
        ({"close": {"rtol": 1e-6}}, "close"),
        ({"equal": "m:same"}, "own"),
        ({"unproven": True}, "unproven"),
    ],
)
def test_what_must_be_equal_is_known_without_running_anything(changed: dict[str, Any], kind: str) -> None:
    plan = plan_of(asked(**changed))

    assert plan.variants[0][0].recipe.equivalence.kind == kind
    assert plan.proves == (kind != "unproven")
