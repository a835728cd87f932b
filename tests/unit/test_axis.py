"""Axes of a workload: what --sweep takes, and how points are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.axis import Axis, Sweep, point, read_axis, read_point, read_sweep
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


def test_words_are_taken_as_they_are_listed() -> None:
    assert read_sweep("lm=tiny,gpt2,tiny") == Sweep("lm", ("tiny", "gpt2"))


NONE = ["lm=tiny", "lm=tiny,2", "lm=2,tiny", "lm=Tiny,gpt2", "lm=tiny:gpt2", "threads=one,two"]
NONE += ["", "rows", "rows=", "rows=8:1", "rows=0:8", "rows=-1:8", "a=1", "threads=1,2000"]
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
    assert len(set(found.values)) == len(found.values)
    numbers = [value for value in found.values if isinstance(value, int)]
    assert numbers == sorted(numbers)
    assert len(numbers) in (0, len(found.values))
    assert all(number >= 1 for number in numbers)


@given(st.sampled_from(["small", "full", "a[b]"]), st.integers(1, 2**40) | st.sampled_from(["tiny", "gpt2", "a.b-c_1"]))
def test_a_point_is_read_as_it_was_written(size: str, value: int | str) -> None:
    for axes in ((("rows", value),), (("rows", value), ("width", 3))):
        assert read_point(point(size, axes)) == (size, axes)


@pytest.mark.parametrize(
    "size", ["small", "small[rows]", "small[rows=0]", "[rows=4]", "small[rows=4,]", "small[threads=two]"]
)
def test_a_plain_size_is_no_point(size: str) -> None:
    assert read_point(size) == (size, ())


def test_an_axis_is_declared_by_its_name_and_one_of_words_with_them() -> None:
    assert read_axis("rows") == Axis("rows")
    assert read_axis("lm=tiny|gpt2") == Axis("lm", ("tiny", "gpt2"))
    for text in ("", "lm=", "lm=tiny", "lm=tiny|", "lm=1|2", "Rows", "lm = tiny|gpt2"):
        with pytest.raises(ValueError, match="axis"):
            read_axis(text)


def test_an_axis_takes_its_own_words_or_numbers() -> None:
    Sweep("lm", ("tiny", "gpt2")).check("finite-memory/chat", ["lm=tiny|gpt2"])
    with pytest.raises(UnknownName, match="gpt3"):
        Sweep("lm", ("tiny", "gpt3")).check("finite-memory/chat", ["lm=tiny|gpt2"])
    with pytest.raises(UnknownName, match="'7'"):
        Sweep("lm", (7, 8)).check("finite-memory/chat", ["lm=tiny|gpt2"])
    with pytest.raises(UsageError, match="takes numbers"):
        Sweep("rows", ("few", "many")).check("glassbox/prefill", ["rows"])


def test_an_unknown_axis_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="row"):
        Sweep("row", (1, 2, 3)).check("glassbox/prefill", ["rows", "width"])
    with pytest.raises(UnknownName, match="rows"):
        Sweep("rows", (1, 2, 3)).check("glassbox/decode", [])
    Sweep("threads", (1, 2)).check("glassbox/decode", [])
