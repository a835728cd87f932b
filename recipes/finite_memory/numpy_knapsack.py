"""Fill the knapsack's table a row at a time with NumPy.

What it does
    One addition and one comparison of arrays for each item; whether it is taken is kept as booleans.

Why the baseline is slow
    It takes a step of Python for each of a quarter of a million cells.

When it loses
    With a budget of some dozens, where a row is shorter than the calls that make it.

Source
    Beyond the notes, which name numba.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def knapsack_by_numpy(values: Sequence[float], sizes: Sequence[int], budget: int) -> list[int]:
    """As `knapsack_exact`."""
    if budget < 1:
        return []
    row = np.zeros(budget + 1)
    taken = np.zeros((len(values), budget + 1), np.bool_)
    for i, (value, size) in enumerate(zip(values, sizes, strict=True)):
        size = max(1, size)
        if size > budget:
            continue
        with_it = row[: budget + 1 - size] + value
        np.greater(with_it, row[size:], out=taken[i, size:])
        np.maximum(with_it, row[size:], out=with_it)
        row[size:] = with_it
    chosen, b = [], budget
    for i in range(len(values) - 1, -1, -1):
        if taken[i, b]:
            chosen.append(i)
            b -= max(1, sizes[i])
    return sorted(chosen)


RECIPE = Recipe(
    id="numpy-knapsack",
    target="finite-memory",
    status="beyond",
    touches={"knapsack_exact"},
    workload="knapsack",
    apply=lambda ops: replace(ops, knapsack_exact=knapsack_by_numpy),
    equivalence=exact(),
)
