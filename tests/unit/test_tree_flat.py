"""Long lists of values that hold nothing are dealt with in one go, and as strictly as one by one."""

from __future__ import annotations

import struct
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.equivalence import close, exact
from perfkit.tree import first_difference, own_parts, rearrange
from perfkit.tree.plain import are_alike, is_flat, plain_ends
from perfkit.tree.walk import Walk, copy, visit
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


PAIR = [(1.0, "a", 2), (0.0, None, 3)]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (PAIR, [(1.0, "a", 2), (-0.0, None, 3)]), (PAIR, [(1.0, "a", 2), (0.0, None, True)]),
        (PAIR, [(1.0, "a", 2), [0.0, None, 3]]), (PAIR, [(1.0, "a"), (2, 0.0, None, 3)]),
        ([[NAN]], [[struct.unpack("d", b"\1\0\0\0\0\0\xf8\x7f")[0]]]), ([[[1]], [[2]]], [[[1], [2]]]),
        ([(1, [2.0])], [(1, [2.5])]), ([(1,)], [(1, 2)]), ([], [[]]), ([("a", 1.0)], [(1.0, "a")]),
    ],
)  # fmt: skip
def test_what_stands_in_lists_of_tuples_is_compared_as_strictly(expected: Any, got: Any) -> None:
    assert not are_alike(expected, got, floats=True)
    assert first_difference(expected, got, exact()) is not None
    assert first_difference(expected, copy(expected), exact()) is None


nested = st.recursive(
    st.one_of(st.integers(-2, 2), st.floats(allow_nan=True), st.booleans(), st.none(), st.text(max_size=1)),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=12,
)


@given(nested, nested)
def test_nothing_that_differs_is_called_alike(one: Any, other: Any) -> None:
    if are_alike([one], [other], floats=True):
        assert repr(one) == repr(other)  # says type, sign and structure
    ends = plain_ends(one)
    assert ends is None or list(map(repr, ends)) == [repr(v) for v in visit(one)]


def test_a_list_that_holds_itself_has_an_end() -> None:
    ring: list[Any] = []
    ring.append(ring)

    assert plain_ends(ring) is None
    assert not are_alike(ring, ring, floats=True)


def test_within_a_tolerance_floats_in_tuples_are_compared_one_by_one() -> None:
    rule = close(rtol=1e-6, atol=1e-9, why="another order")

    assert first_difference([(1.0, 2)], [(1.0000001, 2)], rule) is None
    assert first_difference([(1.0, 2)], [(1.1, 2)], rule) is not None
