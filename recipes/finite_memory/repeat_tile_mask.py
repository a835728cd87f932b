"""Make the pairs of a mask with repeat and tile.

What it does
    Each position as often as there are positions, and all positions as often: the two arrays and nothing between.

Why the baseline is slow
    It appends two numbers to two lists for each pair.

When it loses
    Below a few dozen positions.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import Coordinates


def coordinates_repeated(positions: Sequence[int], total: int) -> Coordinates:
    """As `mask_coo`."""
    kept = np.array(positions, np.int64)
    valid = kept[(kept >= 0) & (kept < total)]
    return np.repeat(valid, len(valid)), np.tile(valid, len(valid)), np.ones(len(valid) ** 2, np.float32)


RECIPE = Recipe(
    id="repeat-tile-mask",
    target="finite-memory",
    status="beyond",
    touches={"mask_coo"},
    workload="mask",
    apply=lambda ops: replace(ops, mask_coo=coordinates_repeated),
    equivalence=exact(),
)
