"""Weighted stacks: merging, shares, and the two formats they are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.profilers.common.stacks import Frame, Stacks, read_collapsed

MAIN, WORK, LEAF = ("main", "a.py", 1), ("work", "a.py", 9), ("<genexpr>", "b.py", 3)
names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters=";\n()"), min_size=1, max_size=8)
frames = st.tuples(names.map(str.strip).filter(bool), st.just("f.py"), st.integers(1, 99))


def test_equal_stacks_are_one_and_shares_are_own_and_inclusive() -> None:
    found = Stacks.of([((MAIN, WORK), 70), ((MAIN, LEAF), 20), ((MAIN, WORK), 5), ((MAIN,), 5)])

    owns = {frame[0]: (own.self_ns, own.total_ns, own.seam) for frame, own in found.functions({WORK[1:]: "s"}).items()}
    assert len(found.stacks) == 3
    assert found.total_ns == 100
    assert owns == {"work": (75, 75, "s"), "<genexpr>": (20, 20, None), "main": (5, 100, None)}


def test_a_recursive_function_counts_once() -> None:
    (own,) = Stacks.of([((WORK, WORK, WORK), 10)]).functions({}).values()

    assert (own.self_ns, own.total_ns) == (10, 10)


def test_a_function_belongs_to_the_innermost_seam_around_most_of_its_time() -> None:
    outer, inner, leaf = ("outer", "o.py", 1), ("inner", "o.py", 5), ("leaf", "l.py", 1)
    seams = {outer[1:]: "outer", inner[1:]: "inner"}
    stacks = Stacks.of([((outer, inner, leaf), 60), ((outer, leaf), 30), ((leaf,), 5)])

    owns = stacks.functions(seams)
    assert owns[leaf].seam == "inner"
    assert owns[inner].seam == "inner"
    assert owns[outer].seam == "outer"
    assert Stacks.of([((outer, leaf), 4), ((leaf,), 6)]).functions(seams)[leaf].seam is None


def test_the_time_of_c_functions_goes_to_the_python_function_that_calls_them() -> None:
    built_in, shared = ("sort", "<built-in>", 0), ("dgemm", "libblas.so", 0)
    stacks = Stacks.of([((MAIN, WORK, built_in), 7), ((MAIN, WORK, shared, shared), 5), ((MAIN,), 2), ((shared,), 9)])

    assert stacks.folded() == {WORK[1:]: 12, MAIN[1:]: 2}


def test_only_what_lies_below_the_region_is_kept() -> None:
    root, thread = ("measured", "region.py", 9), ("thread (7)", "", 0)
    stacks = Stacks.of([((MAIN, root, WORK), 7), ((MAIN, root), 1), ((MAIN,), 3), ((thread, WORK), 2)])

    cut = stacks.below(lambda f: f == root, lambda stack: stack[1:] if stack[0] == thread else ())
    assert [([cut.frames[n] for n in stack], weight) for stack, weight in cut.stacks] == [([WORK], 9)]
    assert set(cut.functions({})) == {WORK}


@given(st.lists(st.tuples(st.lists(frames, min_size=1, max_size=5), st.integers(1, 10**9)), max_size=20))
def test_what_is_written_collapsed_is_read_again(weighted: list[tuple[list[Frame], int]]) -> None:
    stacks = Stacks.of(weighted)

    assert read_collapsed(stacks.collapsed(), 1) == stacks


def test_samples_are_read_with_the_time_between_them() -> None:
    found = read_collapsed(["main (a.py:1);work (a.py:9) 3\n", "\n", "thread (7) 1"], 10_000_000)

    assert found.stacks == (((0, 1), 30_000_000), ((2,), 10_000_000))
    assert found.frames == (MAIN, WORK, ("thread (7)", "", 0))


def test_a_path_may_hold_brackets() -> None:
    frames = read_collapsed(["linear (/home/me/a (copy)/m.py:3);f(int) (<string>:1) 1"], 1).frames

    assert frames == (("linear", "/home/me/a (copy)/m.py", 3), ("f(int)", "<string>", 1))


@pytest.mark.parametrize("line", ["main", "main three", " 3", "main -3"])
def test_a_line_that_is_no_stack_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_collapsed(["main 1", line], 1)


def test_a_thread_that_waits_in_the_system_is_idle_too() -> None:
    wait, system = ("wait", "/lib/threading.py", 3), ("futex (libc.so.6)", "", 0)
    stacks = Stacks.of([((WORK, wait, system), 7), ((WORK, system), 2)])

    cut = stacks.below(lambda frame: False, lambda stack: stack, lambda leaf: leaf == wait)
    assert [weight for _, weight in cut.stacks] == [2]
