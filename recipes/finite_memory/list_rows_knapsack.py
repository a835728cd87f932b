"""Keep two rows of the knapsack's table, and one bit for each choice.

What it does
    A row is made from the one above by comprehensions; whether an item is taken is kept as bytes, not as floats.

Why the baseline is slow
    It indexes a list of lists up to five times for each cell, and holds all of them.

When it loses
    Never seen.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def knapsack_by_rows(values: Sequence[float], sizes: Sequence[int], budget: int) -> list[int]:
    """As `knapsack_exact`."""
    if budget < 1:
        return []
    above, taken = [0.0] * (budget + 1), []
    for value, size in zip(values, sizes, strict=True):
        size = max(1, size)
        with_it = [worth + value for worth in above[: max(0, budget + 1 - size)]]
        without = above[size:]
        taken.append(bytes([new > old for new, old in zip(with_it, without, strict=True)]))
        above = above[:size] + [new if new > old else old for new, old in zip(with_it, without, strict=True)]
    chosen, b = [], budget
    for i in range(len(values) - 1, -1, -1):
        size = max(1, sizes[i])
        if b >= size and taken[i][b - size]:
            chosen.append(i)
            b -= size
    return sorted(chosen)


RECIPE = Recipe(
    id="list-rows-knapsack",
    target="finite-memory",
    status="beyond",
    touches={"knapsack_exact"},
    workload="knapsack",
    apply=lambda ops: replace(ops, knapsack_exact=knapsack_by_rows),
    equivalence=exact(),
)
