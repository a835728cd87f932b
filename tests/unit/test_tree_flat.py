"""Long lists of values that hold nothing are dealt with in one go, and as strictly as one by one."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from perfkit.equivalence import close, exact
from perfkit.proof import first_difference
from perfkit.tree import own_parts, rearrange
from perfkit.tree.plain import is_flat
from perfkit.tree.walk import Walk, visit
from perfkit.worker.inputs.content import digest, nbytes, why_not_copied

NAN = float("nan")


@pytest.mark.parametrize(
    ("expected", "got"),
    [([1.0, 0.0], [1.0, -0.0]), ([1.0, 2.0], [1.0, 2.0000000000000004]), ([NAN, 1.0], [1.0, NAN]), ([1.0], [1])],
)
def test_floats_in_a_list_are_compared_bit_for_bit(expected: list[Any], got: list[Any]) -> None:
    assert first_difference(expected, got, exact()) is not None
    assert first_difference(expected, list(expected), exact()) is None


def test_within_a_tolerance_they_are_compared_one_by_one() -> None:
    rule = close(rtol=1e-6, atol=1e-9, why="another order")

    assert first_difference([1.0, 2.0], [1.0, 2.0000001], rule) is None
    assert first_difference([1.0, 2.0], [1.0, 2.1], rule) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0], [-0.0]), ([1], [True]), ([1], [1.0]), (["1"], [1]), (["a"], [b"a"]), ([1, 2], [2, 1]),
        ([1, 2], (1, 2)), ([[1], [2]], [[1, 2]]), ([[1], []], [[], [1]]), ([2**70], [2**70 + 1]),
    ],
)  # fmt: skip
def test_other_contents_of_a_list_have_another_digest(one: Any, other: Any) -> None:
    assert digest([one]) != digest([other])
    assert digest(one) == digest(type(one)(one))


def test_equal_text_has_one_digest_whether_it_is_interned_or_not() -> None:
    assert digest(["".join(["a", "b"]), "ab"]) == digest(["ab", "".join(["a", "b"])])


def test_a_walk_meets_each_part_with_its_place() -> None:
    walk = Walk([[1.5, 2.5], (3, "x")])
    found = [(walk.place, value) for value, _ in walk if not isinstance(value, list | tuple)]

    assert found == [("output[0][0]", 1.5), ("output[0][1]", 2.5), ("output[1][0]", 3), ("output[1][1]", "x")]


def test_what_is_passed_over_is_not_gone_into_and_the_rest_is() -> None:
    walk, met = Walk([[1, 2], [[3], 4]]), list[Any]()
    for value, _ in walk:
        met.append(value)
        if value == [1, 2]:
            walk.pass_over()

    assert met == [[[1, 2], [[3], 4]], [1, 2], [[3], 4], [3], 3, 4]


def test_visiting_gives_the_same_ends_in_the_same_order() -> None:
    assert list(visit([[1, 2.0], deque([None, "a"]), {"k": [3]}])) == [1, 2.0, None, "a", 3]


def test_parts_of_ones_own_are_found_below_and_beside_a_long_list() -> None:
    tree, again = [[1.0] * 3, {"a": [2.0]}], [[1.0] * 3, {"a": [2.0]}]
    own = own_parts(tree, again)

    assert set(own) == {id(tree), id(tree[0]), id(tree[1]), id(tree[1]["a"])}  # type: ignore[call-overload]
    assert own_parts(tree, [tree[0], again[1]]).keys() == own.keys() - {id(tree[0])}


def test_a_long_list_is_rearranged_as_any() -> None:
    tree = [[1.0, 2.0, 3.0]]

    assert rearrange(tree, own_parts(tree, [[1.0, 2.0, 3.0]]), "swapped")
    assert tree == [[1.0, 3.0, 2.0]]


def test_its_memory_and_its_obstacles_are_those_of_its_parts() -> None:
    assert nbytes([[1.5] * 1000]) > nbytes([[1.5] * 10]) > nbytes([])
    assert why_not_copied([[1.5], object], dict, "argument 1") == ""
    assert is_flat([1, "a", None])
    assert not is_flat([[1]])
    assert not is_flat({1: 2})
