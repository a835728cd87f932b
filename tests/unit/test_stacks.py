"""Weighted stacks: merging, shares, and the two formats they are written in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.profilers.difference import difference
from perfkit.profilers.profile import HotSpot, Profile
from perfkit.profilers.stacks import Frame, Stacks, read_collapsed

MAIN, WORK, LEAF = ("main", "a.py", 1), ("work", "a.py", 9), ("<genexpr>", "b.py", 3)
names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters=";\n()"), min_size=1, max_size=8)
frames = st.tuples(names.map(str.strip).filter(bool), st.just("f.py"), st.integers(1, 99))


def test_equal_stacks_are_one_and_shares_are_own_and_inclusive() -> None:
    found = Stacks.of([((MAIN, WORK), 70), ((MAIN, LEAF), 20), ((MAIN, WORK), 5), ((MAIN,), 5)])

    spots = {h.function: (h.self_ns, h.total_ns) for h in found.hotspots({WORK: "seam"})}
    assert len(found.stacks) == 3 and found.total_ns == 100
    assert spots == {"work": (75, 75), "<genexpr>": (20, 20), "main": (5, 100)}
    assert found.hotspots({WORK: "seam"})[0].seam == "seam"


def test_a_recursive_function_counts_once() -> None:
    (spot,) = Stacks.of([((WORK, WORK, WORK), 10)]).hotspots({})

    assert (spot.self_ns, spot.total_ns) == (10, 10)


@given(st.lists(st.tuples(st.lists(frames, min_size=1, max_size=5), st.integers(1, 10**9)), max_size=20))
def test_what_is_written_collapsed_is_read_again(weighted: list[tuple[list[Frame], int]]) -> None:
    stacks = Stacks.of(weighted)

    assert read_collapsed(stacks.collapsed(), 1) == stacks


def test_samples_are_read_with_the_time_between_them() -> None:
    found = read_collapsed(["main (a.py:1);work (a.py:9) 3\n", "\n", "[kernel] 1"], 10_000_000)

    assert found.stacks == (((0, 1), 30_000_000), ((2,), 10_000_000))
    assert found.frames == (MAIN, WORK, ("[kernel]", "", 0))


@pytest.mark.parametrize("line", ["main", "main three", " 3", "main -3"])
def test_a_line_that_is_no_stack_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_collapsed(["main 1", line], 1)


def test_speedscope_gets_as_many_weights_as_samples_and_only_frames_that_exist() -> None:
    document: Any = json.loads(json.dumps(Stacks.of([((MAIN, WORK), 7), ((MAIN,), 3)]).speedscope("x", "perfkit")))

    (profile,) = document["profiles"]
    assert profile["type"] == "sampled" and profile["endValue"] == 10 == sum(profile["weights"])
    assert len(profile["samples"]) == len(profile["weights"])
    assert max(i for s in profile["samples"] for i in s) < len(document["shared"]["frames"])


def profile(passes: int, **own_ns: int) -> Profile:
    spots = tuple(
        HotSpot(function=name, file="a.py", line=1, self_ns=ns, total_ns=ns, calls=passes)
        for name, ns in own_ns.items()
    )
    return Profile(profiler="cprofile", passes=passes, total_ns=1, bare_ns=1, hotspots=spots)


def test_a_difference_is_per_call_and_names_what_vanished_and_appeared() -> None:
    found = difference(profile(2, table=200, product=100, same=20), profile(4, cache=40, product=160, same=40))

    assert [(m.function, m.change_ns) for m in found.movers] == [
        ("table", -100), ("cache", 10), ("product", -10), ("same", 0),
    ]  # fmt: skip
    assert [m.function for m in found.vanished] == ["table"]
    assert [m.function for m in found.appeared] == ["cache"]
    assert (found.before_ns, found.after_ns) == (160, 60)
