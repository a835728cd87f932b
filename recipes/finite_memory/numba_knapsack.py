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
    for i in range(1, rows.shape[0]):
        size, value = sizes[i - 1], values[i - 1]
        for b in range(rows.shape[1]):
            rows[i, b] = rows[i - 1, b]
            if size <= b and rows[i - 1, b - size] + value > rows[i, b]:
                rows[i, b] = rows[i - 1, b - size] + value


@cache
def compiled() -> Callable[[Any, Any, Any], None]:
    """`_fill` in machine code."""
    function: Callable[[Any, Any, Any], None] = numba.njit("void(float64[::1], int64[::1], float64[:, ::1])")(_fill)
    return function


def table_compiled(values: Sequence[float], sizes: Sequence[int], budget: int) -> Any:
    """(n + 1, budget + 1) float64: the most that the first i items are worth in a budget of b."""
    rows = np.zeros((len(values) + 1, budget + 1))
    compiled()(np.array(values, np.float64), np.maximum(np.array(sizes, np.int64), 1), rows)
    return rows


def knapsack_compiled(values: Sequence[float], sizes: Sequence[int], budget: int) -> list[int]:
    """As `knapsack_exact`."""
    if budget < 1:
        return []
    rows = table_compiled(values, sizes, budget)
    chosen, b = [], budget
    for i in range(len(values), 0, -1):
        if rows[i, b] != rows[i - 1, b]:
            chosen.append(i - 1)
            b -= max(1, sizes[i - 1])
    return sorted(chosen)


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
