"""What the words of `perfkit bench` name, and which rows come of it."""

from __future__ import annotations

from functools import cache

import pytest

from perfkit import api
from perfkit.catalog import Catalog
from perfkit.errors import UnknownName, UsageError
from perfkit.microbench.rows import refusal
from perfkit.microbench.wanted import Wanted, wanted


@cache
def found() -> Catalog:
    return api.catalog()


def parts(*words: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By target: the seams, and the ids of the recipes."""
    return {w.target.id: (w.seams, tuple(e.recipe.id for e in w.recipes)) for w in wanted(found(), words)}


def test_without_words_there_is_every_seam_that_is_a_call() -> None:
    every = parts()

    assert [*every] == [t.id for t in found().targets if not t.unavailable]
    for target in found().targets:
        if target.id in every:
            assert every[target.id][0] == tuple(n for n, s in target.seams.items() if s.kind == "call")


def test_a_seam_comes_with_all_recipes_that_replace_it() -> None:
    seams, recipes = parts("rms_norm")["glassbox"]

    assert seams == ("rms_norm",)
    assert {e.recipe.id for e in found().of_target("glassbox") if "rms_norm" in e.recipe.touches} == {*recipes}
    assert parts("glassbox/rms_norm") == {"glassbox": (seams, recipes)}


def test_a_recipe_comes_alone_with_the_seams_that_it_replaces() -> None:
    assert parts("rope-cache") == {"glassbox": (("rope_table",), ("rope-cache",))}
    assert parts("glassbox/rope-cache") == parts("rope-cache")


def test_a_word_out_of_what_a_seam_is_said_to_be_names_it() -> None:
    seams, recipes = parts("swiglu")["glassbox"]

    assert seams == ("gate",)
    assert "inplace-swiglu" in recipes


def test_several_words_of_one_target_are_measured_together() -> None:
    assert parts("rope-cache", "gate")["glassbox"][0] == ("rope_table", "gate")


@pytest.mark.parametrize(("word", "near"), [("swiglo", "swiglu"), ("rope-cash", "rope-cache"), ("glasbox", "glassbox")])
def test_an_unknown_word_suggests_the_nearest(word: str, near: str) -> None:
    with pytest.raises(UnknownName) as raised:
        wanted(found(), [word])
    assert near in raised.value.hint


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(UnknownName, match="f4"):
        wanted(found(), ["gate"], dtype="f4")


def gate(**options: str) -> Wanted:
    (one,) = wanted(found(), ["glassbox/gate"], **options)
    return one


def test_a_seam_takes_the_dtypes_that_it_declares_and_says_so_of_others() -> None:
    assert gate(dtype="float16").cell("gate").point == "small[dtype=float16]"
    assert refusal(gate(dtype="float16"), "gate") == ""
    assert "declares no --dtype bfloat16" in refusal(gate(dtype="bfloat16"), "gate")
    assert "recorded" in refusal(gate(dtype="float16"), "gate", recorded=True)


def test_a_size_that_the_workload_lacks_is_one_line() -> None:
    assert "has no size huge, only small" in refusal(gate(size="huge"), "gate")
    assert refusal(gate(size="tiny"), "gate") == ""


def test_a_seam_is_called_where_that_takes_little_time() -> None:
    called = {"forward-small": {"gate"}, "prefill": {"gate"}, "decode": {"gate"}, "train": {"sigmoid"}}
    usual = gate().workload("gate")
    taken = {"forward-small": 60_000_000, "prefill": 60_000_000, "decode": 60_000_000, "train": 60_000_000}

    assert gate().choosing(called, taken).workload("gate") == usual
    slow = gate().choosing(called, taken | {usual: 900_000_000})
    assert slow.workload("gate") != usual
    assert slow.size_of(slow.workload("gate")) == "small"
    only = gate().choosing({usual: {"gate"}}, {usual: 900_000_000})
    assert (only.workload("gate"), only.point(usual)) == (usual, "tiny")
    assert gate(size="full").choosing({usual: {"gate"}}, {usual: 900_000_000}).point(usual) == "full"


def test_a_sweep_is_a_benchmark_for_each_point() -> None:
    swept = wanted(found(), ["glassbox/gate"], sweep="dtype=float32,float64")
    rows = wanted(found(), ["glassbox/gate"], sweep="rows=1:4")

    assert [one.cell("gate").settings for one in swept] == [(("dtype", "float32"),), (("dtype", "float64"),)]
    assert [one.point("forward-small") for one in rows] == ["small[rows=1]", "small[rows=2]", "small[rows=4]"]


@pytest.mark.parametrize("sweep", ["wings=1:4", "dtype=f4,f8", "threads=1,2"])
def test_a_sweep_along_nothing_is_refused(sweep: str) -> None:
    with pytest.raises(UsageError):
        wanted(found(), ["glassbox/gate"], sweep=sweep)


def test_everything_is_not_swept() -> None:
    with pytest.raises(UsageError, match="a seam or a recipe"):
        wanted(found(), [], sweep="rows=1:4")
