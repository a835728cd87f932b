"""Compile the knapsack's table with numba.

What it does
    The same two loops over an array, in machine code. It is compiled when the recipe is switched on, once a process.

Why the baseline is slow
    It takes a step of Python for each of a quarter of a million cells.

When it loses
    Compiling takes some seconds in every process: as long as a hundred tables of 64 items in a budget of 4,096.

Source
    The notes of the finite-memory wrapper, optimisation 12, "JIT Compilation for Hot Paths".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numba
import numpy as np

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import Ops


def _fill(values: Any, sizes: Any, rows: Any) -> None:
    rows[0, :] = 0.0
    for i in range(1, rows.shape[0]):
        size, value = min(sizes[i - 1], rows.shape[1]), values[i - 1]
        for b in range(size):
            rows[i, b] = rows[i - 1, b]
        for b in range(size, rows.shape[1]):
            rows[i, b] = max(rows[i - 1, b], rows[i - 1, b - size] + value)


def _way_back(sizes: Any, rows: Any, chosen: Any) -> int:
    count, b = 0, rows.shape[1] - 1
    for i in range(rows.shape[0] - 1, 0, -1):
        if rows[i, b] != rows[i - 1, b]:
            chosen[count] = i - 1
            count += 1
            b -= sizes[i - 1]
    return count


@cache
def compiled() -> tuple[Callable[[Any, Any, Any], None], Callable[[Any, Any, Any], int]]:
    """`_fill` and `_way_back` in machine code."""
    fill: Any = numba.njit("void(float64[::1], int64[::1], float64[:, ::1])")(_fill)
    way_back: Any = numba.njit("int64(int64[::1], float64[:, ::1], int64[::1])")(_way_back)
    return fill, way_back


def table_compiled(values: Sequence[float], sizes: Any, budget: int) -> Any:
    """(n + 1, budget + 1) float64: the most that the first i items, of sizes (n,) int64, are worth in a budget of b."""
    rows = np.empty((len(values) + 1, budget + 1))
    compiled()[0](np.array(values, np.float64), sizes, rows)
    return rows


def knapsack_compiled(values: Sequence[float], sizes: Sequence[int], budget: int) -> list[int]:
    """As `knapsack_exact`."""
    if budget < 1:
        return []
    weights = np.maximum(np.array(sizes, np.int64), 1)
    chosen = np.empty(len(values), np.int64)
    count = compiled()[1](weights, table_compiled(values, weights, budget), chosen)
    taken: list[int] = chosen[:count][::-1].tolist()
    return taken


def with_compiled(ops: Ops) -> Ops:
    """A table with the compiled form; compiles it where this process has not yet."""
    compiled()
    return replace(ops, knapsack_exact=knapsack_compiled)


RECIPE = Recipe(
    id="numba-knapsack",
    target="finite-memory",
    touches={"knapsack_exact"},
    needs={"numba": "numba>=0.61"},
    apply=with_compiled,
    claim=Claim(
        text="10-100x faster for numerical code",
        measure="seam speed-up",
        low=10,
        high=100,
        workload="knapsack",
        source="finite-memory notes, optimisation 12",
    ),
    equivalence=exact(),
)
