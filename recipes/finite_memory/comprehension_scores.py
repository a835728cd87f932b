"""Score the items of a knapsack in a list comprehension.

What it does
    A comprehension over values and sizes side by side.

Why the baseline is slow
    It indexes both lists and calls `append` for each item.

When it loses
    Never seen.

Source
    The notes of the finite-memory wrapper, optimisation 1, `upgrades/knapsack.py:38-41`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact


def scores_comprehended(values: Sequence[float], sizes: Sequence[int]) -> list[tuple[float, int]]:
    """(value a unit of size, number) of each item."""
    return [(value / max(1, size), i) for i, (value, size) in enumerate(zip(values, sizes, strict=True))]


RECIPE = Recipe(
    id="comprehension-scores",
    target="finite-memory",
    touches={"score_items"},
    apply=lambda ops: replace(ops, score_items=scores_comprehended),
    claim=Claim(
        text="10-30% faster, more Pythonic",
        measure="seam speed-up",
        low=1.1,
        high=1.3,
        workload="knapsack-greedy",
        source="finite-memory notes, optimisation 1",
        readings=(("seam speed-up", 1.11, 1.43),),
    ),
    equivalence=exact(),
)
