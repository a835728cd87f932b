"""Extreme inputs are drawn by type from a real one: what fits it, all else as it is, and the real one unharmed."""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from perfkit.equivalence import exact
from perfkit.tree import copy, first_difference
from perfkit.tree.extreme_inputs import extremes, variants

Point = namedtuple("Point", "x y")


@dataclass
class Scene:
    name: str
    points: Any


def named(example: Any) -> dict[str, Any]:
    return dict(extremes(example))


DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "u1", "i2", "?", "c16", "M8[s]", "U3"])
ARRAYS = DTYPES.flatmap(lambda dtype: hn.arrays(dtype, hn.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
LEAVES = (
    ARRAYS
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.booleans()
    | st.none()
    | st.complex_numbers()
    | st.lists(st.integers(), max_size=4)
    | st.lists(st.floats(), max_size=4)
    | st.lists(st.text(max_size=3), max_size=3)
    | st.sets(st.integers(), max_size=3)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(Point, inner, inner)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.builds(Scene, st.text(max_size=3), inner)
        | st.lists(inner, max_size=3).map(deque)
    ),
    max_leaves=6,
)


@given(TREES)
@settings(deadline=None, max_examples=120)
def test_an_extreme_has_the_types_of_its_example_which_stays_as_it_is(example: Any) -> None:
    before = copy(example)
    found = list(extremes(example))

    assert first_difference(before, example, exact()) is None
    assert len({name for name, _ in found}) == len(found)
    for name, value in found:
        assert type(value) is type(example), name
        if isinstance(example, np.ndarray):
            assert (value.dtype, value.ndim) == (example.dtype, example.ndim), name
        if isinstance(example, tuple):
            assert list(map(type, value)) == list(map(type, example)), name
    assert first_difference(before, example, exact()) is None


@given(TREES)
@settings(deadline=None, max_examples=60)
def test_equal_examples_have_equal_extremes_that_share_nothing(example: Any) -> None:
    again = [(name, make()) for name, make in variants(copy(example))]

    for (name, value), (other_name, other) in zip(extremes(example), again, strict=True):
        assert name == other_name
        assert first_difference(value, other, exact()) is None, name
        if isinstance(value, np.ndarray) and isinstance(example, np.ndarray):
            assert not np.shares_memory(value, example), name


def test_an_array_of_floats_gets_other_lengths_numbers_orders_and_memory() -> None:
    example = np.array([3.0, -1.0, 2.0, 0.5])
    found = named(example)

    assert found["[]"].shape == (0,)
    assert found["one element"].tolist() == [3.0]
    assert np.isnan(found["a NaN"]).sum() == 1
    assert np.isnan(found["all NaN"]).all()
    assert found["an inf and a -inf"].tolist() == [np.inf, -1.0, -np.inf, 0.5]
    assert found["values up to 4.5e+307"].max() == np.finfo(float).max / 4
    tiny = found["subnormal values"]
    assert 0 < abs(tiny).max() < np.finfo(float).smallest_normal
    assert list(np.sign(tiny)) == [1, -1, 1, 1]
    assert found["only negative values"].tolist() == [-3.0, -1.0, -2.0, -0.5]
    assert found["every value twice"].tolist() == [3.0, 3.0, -1.0, -1.0]
    assert found["sorted values"].tolist() == [-1.0, 0.5, 2.0, 3.0]
    assert found["values sorted backwards"].tolist() == [3.0, 2.0, 0.5, -1.0]
    assert not found["gaps in memory"].flags.contiguous
    assert found["memory from back to front"].strides == (-8,)
    assert not found["read-only memory"].flags.writeable
    for name in ("gaps in memory", "memory from back to front", "read-only memory"):
        assert found[name].tolist() == example.tolist()


def test_an_extreme_shares_no_memory_with_its_example_or_within_itself() -> None:
    example = np.arange(6.0).reshape(3, 2)
    pair = named([example, example.copy()])["all equal"]

    assert [name for name, value in extremes(example) if np.shares_memory(value, example)] == []
    assert not np.shares_memory(pair[0], pair[1])
    assert pair[0].tolist() == pair[1].tolist() == example.tolist()


def test_a_table_is_also_drawn_in_the_other_memory_order() -> None:
    found = named(np.arange(6.0).reshape(3, 2))

    assert found["no rows, shape (0, 2)"].shape == (0, 2)
    assert found["one column, shape (3, 1)"].shape == (3, 1)
    assert found["Fortran order"].flags.f_contiguous
    assert not found["Fortran order"].flags.c_contiguous


def test_whole_numbers_stay_in_the_range_that_was_seen_or_it_is_said() -> None:
    found = named(np.array([4, 2, 7], np.int32))

    seen = {name: value for name, value in found.items() if "beyond any seen" not in name}
    assert all(value.min() >= 2 and value.max() <= 7 for value in seen.values() if value.size)
    assert [name for name in found if name not in seen] == [
        "all 2147483647, beyond any seen",
        "all -2147483648, beyond any seen",
    ]
    assert "all zeros" in named(np.array([-1, 3]))
    assert "only negative values" in named(np.array([-1, 3]))


def test_python_numbers_go_beyond_64_bits_where_they_are_data() -> None:
    assert named([5, 6])["whole numbers beyond 64 bits"] == [2**64 + 5, 2**64 + 6]
    assert named(200) == {"0": 0, "1": 1}  # a lone one is likelier a size
    assert named(-200) == {"0": 0, "1": 1, "-1": -1}
    assert set(named(0.5)) == {"0", "nan", "inf", "-inf", "4.49e+307", "4.94e-324", "its opposite"}


def test_text_becomes_empty_short_long_and_foreign() -> None:
    found = named("wine list")

    assert (found["an empty string"], found["one character"]) == ("", "w")
    assert not found["a non-ASCII string"].isascii()
    assert len(found["a very long string"]) >= 10_000
    assert named(b"ab")["no bytes"] == b""
    assert named(bytearray(b"ab"))["bytes of 255 alone"] == bytearray(b"\xff\xff")
    assert named(["ab", "c"])["a non-ASCII string first"][1] == "c"


def test_in_a_tree_all_arrays_are_varied_at_once_and_each_alone() -> None:
    example = {"x": np.array([1.0, 2.0]), "y": [np.array([3.0, 4.0])], "n": 2}
    found = named(example)

    assert np.isnan(found["all NaN in every array"]["x"]).all()
    assert np.isnan(found["all NaN in every array"]["y"][0]).all()
    alone = found["all NaN in input['y'][0]"]
    assert np.isnan(alone["y"][0]).all()
    assert alone["x"].tolist() == [1.0, 2.0]
    assert alone["n"] == 2
    assert found["one key"].keys() == {"x"}
    assert found["no keys"] == {}
    assert found["0 in input['n']"]["n"] == 0
    locked = found["read-only memory in input['x']"]["x"]
    assert not locked.flags.writeable  # as it was made, and no copy of it


def test_of_many_parts_the_first_few_and_the_last_are_varied_alone() -> None:
    found = named(tuple(np.array([float(i), 1.0]) for i in range(9)))

    assert sorted({name.rpartition(" in ")[2] for name in found}) == [
        "every array", "input[0]", "input[1]", "input[2]", "input[8]",
    ]  # fmt: skip
    assert all(np.isnan(one).all() for one in found["all NaN in every array"])


@pytest.mark.parametrize("make", [OrderedDict, defaultdict, dict])
def test_kin_of_a_dict_stay_what_they_are(make: Callable[..., Any]) -> None:
    example = make()
    example["a"], example["b"] = 1, 2

    assert all(type(value) is make for value in named(example).values())


def test_tensors_keep_dtype_and_gradient() -> None:
    example = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.bfloat16, requires_grad=True)
    found = named(example)

    assert {"no rows, shape (0, 2)", "a NaN", "transposed memory"} <= found.keys()
    assert all(value.dtype == torch.bfloat16 and value.requires_grad for value in found.values())
    assert not found["transposed memory"].is_contiguous()
    assert named(torch.tensor([1, 2]))["all 2, the largest seen"].tolist() == [2, 2]
    assert named(torch.eye(2).to_sparse()) == {}


def test_frames_lose_rows_and_values() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [1, 2]})
    found = named(frame)

    assert found["no rows"].dtypes.equals(frame.dtypes)
    assert found["rows backwards"].index.tolist() == [1, 0]
    assert found["missing values in one row"]["a"].isna().tolist() == [False, True]
    assert named(pl.DataFrame({"a": [1, 2]}))["no rows"].schema == pl.DataFrame({"a": [1, 2]}).schema
    assert len(named(pd.Series([1.0, 2.0]))["one row"]) == 1


def test_what_is_known_by_its_state_is_left_alone() -> None:
    assert named((np.random.default_rng(0), None, len)) == {}


def test_a_value_that_holds_itself_comes_to_an_end() -> None:
    endless: list[Any] = [1.5]
    endless.append(endless)

    assert len(variants(endless)) > 0


def test_a_deep_value_is_looked_into_only_so_far() -> None:
    deep: Any = 1.5
    for _ in range(sys.getrecursionlimit()):
        deep = (deep,)

    assert variants(deep) == []
