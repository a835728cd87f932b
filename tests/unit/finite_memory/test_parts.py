"""Boundaries, window, masks and knapsacks: the documented forms against what they should give."""

from __future__ import annotations

from collections import deque
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.recipes.finite_memory.list_rows_knapsack import knapsack_by_rows
from perfkit.recipes.finite_memory.numpy_knapsack import knapsack_by_numpy
from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.ops import BASELINE, table

ITEMS = st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 1.5, 0.1, 0.2]), st.integers(0, 9)), max_size=7)


def test_boundaries_stand_behind_what_ends_a_sentence(backend: Backend) -> None:
    tokens = backend.encode("One. Two! Three? Four\nFive six")

    found = BASELINE.boundaries(BASELINE, backend, tokens)

    ends = [i + 1 for i, t in enumerate(tokens) if set(backend.decode([t])) & set(".!?\n")]
    assert len(ends) == 4
    assert found == [0, *ends, len(tokens) - 1]


@pytest.mark.parametrize(("text", "found"), [("", []), ("a", [0]), ("a.", [0, 1]), ("..a", [0, 1, 2])])
def test_boundaries_of_next_to_nothing(backend: Backend, text: str, found: list[int]) -> None:
    tokens = [token for letter in text for token in backend.encode(letter)]

    assert BASELINE.boundaries(BASELINE, backend, tokens) == found


def test_what_is_remembered_is_forgotten_all_at_once(backend: Backend) -> None:
    remembered: dict[int, list[int]] = {}
    for token in range(100):
        BASELINE.recall_boundaries(BASELINE, backend, remembered, [token, 5])
    assert len(remembered) == 100

    BASELINE.recall_boundaries(BASELINE, backend, remembered, [7000, 5])

    assert remembered == {}


def test_what_is_remembered_is_the_callers_own(backend: Backend) -> None:
    remembered: dict[int, list[int]] = {}
    first = BASELINE.recall_boundaries(BASELINE, backend, remembered, [1, 2, 3])
    first.append(99)

    assert BASELINE.recall_boundaries(BASELINE, backend, remembered, [1, 2, 3]) == [0, 2]


def test_a_context_is_the_newest_tokens_and_the_ends_of_sentences(backend: Backend) -> None:
    tokens = backend.encode("A sentence of some words. " * 60)
    assert len(tokens) > 300

    shown = BASELINE.build_context(BASELINE, backend, {}, tokens, 140)

    assert len(shown) == 140
    assert shown[-128:] == tokens[-128:]
    assert BASELINE.build_context(BASELINE, backend, {}, tokens, 4096) == tokens
    assert BASELINE.build_context(BASELINE, backend, {}, tokens, 0) == []


@given(st.lists(st.integers(), max_size=12), st.lists(st.integers(), max_size=20), st.integers(1, 9))
def test_the_window_holds_the_newest(old: list[int], new: list[int], room: int) -> None:
    buffer, listed = BASELINE.slide(deque(old, maxlen=room), new)

    assert listed == list(buffer) == [*old[-room:], *new][-room:]
    assert buffer.maxlen == room


def test_the_best_are_kept_and_the_newest() -> None:
    scores = [float(n % 7) for n in range(300)]

    kept = BASELINE.keep_best(scores, 100)

    assert len(kept) == 100
    assert kept[-64:] == list(range(236, 300))
    assert [scores[i] for i in kept[:-64]].count(6.0) == 33  # all there are, and then the earliest 5s
    assert BASELINE.keep_best(scores, 300) == list(range(300))
    assert BASELINE.keep_best(scores, 10) == list(range(290, 300))


def test_scores_are_parts_of_the_largest() -> None:
    assert BASELINE.scale(BASELINE, [1.0, -4.0, 2.0]) == [0.25, -1.0, 0.5]
    assert BASELINE.scale(BASELINE, [0.0, 0.0]) == [0.0, 0.0]
    assert BASELINE.scale(BASELINE, []) == []


def test_the_forms_of_a_mask_agree() -> None:
    positions = BASELINE.kept_positions([3, 0], 4, 14)
    rows, cols, ones = BASELINE.mask_coo(positions, 14)
    dense = np.zeros((14, 14), np.bool_)
    dense[rows, cols] = ones.astype(np.bool_)

    assert positions == [12, 13, 0, 1, 2, 3]
    assert (rows.dtype, cols.dtype, ones.dtype) == (np.int64, np.int64, np.float32)
    assert np.array_equal(dense, BASELINE.mask_dense(positions, 14))
    blocks = BASELINE.mask_blocks([3, 0], 4, 14)
    assert (int(blocks.sum()), int((dense & ~blocks).sum())) == (4 + 16, 2 * 8)


@given(ITEMS, st.integers(-1, 30))
@settings(deadline=None)
def test_a_knapsack_holds_what_is_worth_most(items: list[tuple[float, int]], budget: int) -> None:
    values, sizes = [v for v, _ in items], [s for _, s in items]

    chosen = BASELINE.knapsack_exact(values, sizes, budget)

    weight = {i: max(1, size) for i, size in enumerate(sizes)}
    best = max(
        sum(values[i] for i in some)
        for count in range(len(items) + 1)
        for some in combinations(range(len(items)), count)
        if sum(weight[i] for i in some) <= max(0, budget)
    )
    assert sum(weight[i] for i in chosen) <= max(0, budget)
    assert sum(values[i] for i in chosen) == pytest.approx(best)
    assert knapsack_by_rows(values, sizes, budget) == chosen
    assert knapsack_by_numpy(values, sizes, budget) == chosen


def test_the_compiled_table_is_the_documented_one() -> None:
    numba_knapsack = pytest.importorskip("perfkit.recipes.finite_memory.numba_knapsack")

    @given(ITEMS, st.integers(1, 30))
    @settings(deadline=None)
    def same(items: list[tuple[float, int]], budget: int) -> None:
        values, sizes = [v for v, _ in items], [s for _, s in items]
        weights = np.maximum(np.array(sizes, np.int64), 1)
        assert numba_knapsack.table_compiled(values, weights, budget).tolist() == table(values, sizes, budget)
        assert numba_knapsack.knapsack_compiled(values, sizes, budget) == BASELINE.knapsack_exact(values, sizes, budget)

    same()


def test_a_greedy_knapsack_takes_the_earlier_of_two_alike() -> None:
    scored = BASELINE.score_items([2.0, 1.0, 2.0, 3.0], [2, 1, 2, 0])

    assert scored == [(1.0, 0), (1.0, 1), (1.0, 2), (3.0, 3)]
    assert BASELINE.knapsack_greedy(scored, [2, 1, 2, 0], 4) == [0, 1, 3]
    assert BASELINE.knapsack_greedy(scored, [2, 1, 2, 0], 0) == []
