"""The window, masks, knapsacks and scores: work on numbers alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..inputs import filled
from ..ops import Ops

SPAN = 32  # tokens of a span that a mask keeps
_KNAPSACK = {"small": (64, 4096), "32x1024": (32, 1024), "tiny": (9, 60)}  # items, budget


def window(new: int, size: str, rng: np.random.Generator, held: int = 512) -> Any:
    """What a buffer for 512 holds, and `new` tokens that come."""
    return [rng.integers(0, 8000, held), rng.integers(0, 8000, new)]


def for_window(ops: Ops, data: Any) -> Any:
    return filled(data[0].tolist(), 512), data[1].tolist()


def run_window(ops: Ops) -> Callable[[Any], Any]:
    return lambda argument: ops.slide(argument[0], argument[1])


def awkward_window(size: str) -> Iterator[Callable[[np.random.Generator], Any]]:
    for held, new in ((0, 0), (0, 5), (512, 0), (500, 12), (512, 256), (512, 257), (512, 513), (3, 2000)):
        yield partial(window, new, size, held=held)


def shared_positions(size: str, seed: int, positions: int | None = None) -> int:
    """How many positions a mask keeps: 512, or as many as the axis says, in spans of 32."""
    return positions or (96 if size == "tiny" else 512)


def kept_spans(positions: int, rng: np.random.Generator) -> Any:
    """Half of the spans of twice as many positions, in random order."""
    return rng.permutation(max(1, 2 * positions // SPAN))[: max(1, positions // SPAN)]


def awkward_spans(positions: int) -> Iterator[Callable[[np.random.Generator], Any]]:
    """None, one, the same twice, all, and one that reaches beyond the end."""
    yield lambda rng: np.empty(0, np.int64)
    yield lambda rng: np.array([1])
    yield lambda rng: np.array([1, 1, 0])
    yield lambda rng: np.arange(2 * positions // SPAN)
    yield lambda rng: np.array([0, 2 * positions // SPAN, 3 * positions // SPAN])


def build_mask(ops: Ops, positions: int) -> tuple[Ops, int]:
    return ops, 2 * positions - 5  # the last span is cut short


def as_list(instance: Any, data: Any) -> Any:
    return data.tolist()


def run_mask(instance: tuple[Ops, int]) -> Callable[[list[int]], Any]:
    ops, total = instance
    return lambda spans: ops.mask_coo(ops.kept_positions(spans, SPAN, total), total)


def run_dense(instance: tuple[Ops, int]) -> Callable[[list[int]], Any]:
    ops, total = instance
    return lambda spans: ops.mask_dense(ops.kept_positions(spans, SPAN, total), total)


def run_blocks(instance: tuple[Ops, int]) -> Callable[[list[int]], Any]:
    ops, total = instance
    return lambda spans: ops.mask_blocks(spans, SPAN, total)


def items(size: str, rng: np.random.Generator) -> Any:
    """Values and sizes of some items."""
    count, budget = _KNAPSACK[size]
    return [rng.random(count), rng.integers(1, max(2, budget // 8), count)]


def some_items(count: int, rng: np.random.Generator) -> Any:
    return [rng.random(count), rng.integers(0, 9, count)]


def awkward_items(size: str) -> Iterator[Callable[[np.random.Generator], Any]]:
    """No item, one, alike ones, sizes of 0, values of 0, and items that do not fit."""
    for count in (0, 1, 7):
        yield partial(some_items, count)
    yield lambda rng: [np.ones(8), np.full(8, 7)]
    yield lambda rng: [np.zeros(4), np.zeros(4, np.int64)]
    yield lambda rng: [rng.random(3), np.full(3, 10**6)]


def as_items(instance: Any, data: Any) -> Any:
    return data[0].tolist(), data[1].tolist()


def build_knapsack(ops: Ops, size: str) -> tuple[Ops, int]:
    return ops, _KNAPSACK[size][1]


def run_exact(instance: tuple[Ops, int]) -> Callable[[Any], list[int]]:
    ops, budget = instance
    return lambda argument: ops.knapsack_exact(argument[0], argument[1], budget)


def run_greedy(instance: tuple[Ops, int]) -> Callable[[Any], list[int]]:
    ops, budget = instance

    def greedy(argument: Any) -> list[int]:
        return ops.knapsack_greedy(ops.score_items(argument[0], argument[1]), argument[1], budget)

    return greedy


def many_items(size: str, rng: np.random.Generator) -> Any:
    count = 30 if size == "tiny" else 10_000
    return [rng.random(count), rng.integers(1, 65, count)]


def scores(size: str, rng: np.random.Generator) -> Any:
    """Changes of a logit, of both signs."""
    return rng.standard_normal(100 if size == "tiny" else 2_000_000)


def run_largest(ops: Ops) -> Callable[[list[float]], float]:
    return lambda scores: ops.largest(scores)


def shared_size(size: str, seed: int) -> str:
    """The size alone."""
    return size
