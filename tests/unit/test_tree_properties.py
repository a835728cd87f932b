"""Whatever a tree is made of: it equals itself and its copy, a copy is independent, and every mutant differs."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from perfkit.equivalence import close, exact
from perfkit.tree import copy, first_difference, mutants, overwrite, visit

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.decimals(),
    st.fractions(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.timedeltas(),
    st.uuids(),
)
KEYS = st.one_of(st.integers(), st.text(max_size=3), st.booleans(), st.floats(), st.tuples(st.integers(), st.text()))
ARRAYS = npst.arrays(
    st.one_of(npst.scalar_dtypes(), npst.array_dtypes(max_size=3)),
    npst.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
)


class Record:
    def __init__(self, fields: dict[str, Any]) -> None:
        vars(self).update(fields)


def containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(parts, max_size=4),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(KEYS, parts, max_size=3),
        st.lists(parts, max_size=3).map(lambda items: deque(items, 5)),
        st.dictionaries(st.sampled_from("abc"), parts, max_size=3).map(Record),
        st.sets(KEYS, max_size=3),
        st.frozensets(KEYS, max_size=3),
        st.lists(KEYS, max_size=3).map(Counter),
    )


TREES = st.recursive(SCALARS | ARRAYS, containers, max_leaves=8)
CHECKED = settings(deadline=None, max_examples=150, derandomize=True)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # what numpy says of numbers that overflow


@given(tree=TREES)
@CHECKED
def test_a_tree_equals_itself_and_its_copy_under_every_rule(tree: Any) -> None:
    assert first_difference(tree, tree, exact()) is None
    assert first_difference(tree, copy(tree), exact()) is None
    found = first_difference(tree, copy(tree), close(ulp=1, why="x"))
    assert found is None or "would pass" in found.why  # of subnormals a tolerance of one ulp is a large part


@given(tree=TREES)
@CHECKED
def test_a_copy_is_out_of_reach_of_its_original(tree: Any) -> None:
    copied, again = copy(tree), copy(tree)
    overwrite(tree)

    assert first_difference(copied, again, exact()) is None


@given(tree=TREES, seed=st.integers(0, 9))
@CHECKED
def test_every_mutant_differs_and_leaves_the_original_alone(tree: Any, seed: int) -> None:
    before = copy(tree)
    for name, wrong in mutants(tree, tree, exact(), seed):
        assert first_difference(tree, wrong, exact()) is not None, name
    assert first_difference(before, tree, exact()) is None


@given(one=TREES, other=TREES)
@CHECKED
def test_a_difference_is_one_in_both_directions(one: Any, other: Any) -> None:
    there = first_difference(one, other, exact())
    back = first_difference(other, one, exact())

    assert (there is None) == (back is None)
    if there is not None:
        assert there.where
        assert str(there)


@given(array=npst.arrays("f8", npst.array_shapes(max_side=4)), place=st.integers(0, 255))
@CHECKED
def test_the_tolerance_that_is_offered_passes(array: Any, place: int) -> None:
    got = array.copy()
    got.flat[place % got.size] *= 1 + 2e-9
    found = first_difference([array], [got], exact())
    if found is not None and found.would_pass:
        bounds = {k: float(v) for k, _, v in (bound.partition("=") for bound in found.would_pass.split(", "))}
        assert first_difference([array], [got], close(**bounds, why="x")) is None  # type: ignore[arg-type]


@given(tree=TREES)
@CHECKED
def test_a_scan_never_fails(tree: Any) -> None:
    for value in visit(tree):
        np.asarray(value, dtype=object)
