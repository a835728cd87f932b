"""Axes of a workload: what --sweep takes, and how points are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.axis import Sweep, point, read_point, read_sweep
from perfkit.errors import UnknownName, UsageError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("rows=1:8", (1, 2, 4, 8)),
        ("rows=3:20", (3, 6, 12, 20)),
        ("rows=1:2048", tuple(2**i for i in range(12))),
        ("rows=64,1,16,1", (1, 16, 64)),
        ("rows=1:2", (1, 2)),
    ],
)
def test_values_rise_and_include_both_ends(text: str, values: tuple[int, ...]) -> None:
    assert read_sweep(text) == Sweep("rows", values)


NONE = ["", "rows", "rows=", "rows=8:1", "rows=0:8", "rows=-1:8", "a=1", "threads=1,2000"]
NONE += [f"rows=1:{10**20}", f"rows=1:{'9' * 5000}"]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_sweep_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_sweep(text)
    assert "--sweep" in (refused.value.hint or "")


@given(st.text(max_size=30))
def test_any_text_is_a_sweep_or_a_usage_error(text: str) -> None:
    try:
        found = read_sweep(text)
    except UsageError:
        return
    assert list(found.values) == sorted(set(found.values))
    assert found.values[0] >= 1


@given(st.sampled_from(["small", "full", "a[b]"]), st.integers(1, 2**40))
def test_a_point_is_read_as_it_was_written(size: str, value: int) -> None:
    for axes in ((("rows", value),), (("rows", value), ("width", 3))):
        assert read_point(point(size, axes)) == (size, axes)


@pytest.mark.parametrize("size", ["small", "small[rows]", "small[rows=0]", "[rows=4]", "small[rows=4,]"])
def test_a_plain_size_is_no_point(size: str) -> None:
    assert read_point(size) == (size, ())


def test_an_unknown_axis_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="row"):
        Sweep("row", (1, 2, 3)).check("glassbox/prefill", ["rows", "width"])
    with pytest.raises(UnknownName, match="rows"):
        Sweep("rows", (1, 2, 3)).check("glassbox/decode", [])
    Sweep("threads", (1, 2)).check("glassbox/decode", [])
