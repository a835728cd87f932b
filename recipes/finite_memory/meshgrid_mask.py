"""Make the pairs of a mask with meshgrid.

What it does
    `np.meshgrid(valid, valid, indexing="ij")`, flattened. The notes leave `indexing` out: then rows and columns are
    swapped, which a mask that is symmetric hides and its coordinates do not.

Why the baseline is slow
    It appends two numbers to two lists for each pair, a quarter of a million for 512 positions.

When it loses
    Below a few dozen positions.

Source
    The notes of the finite-memory wrapper, optimisation 3, "Use NumPy Operations Instead of Python Loops".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import Coordinates


def coordinates_by_meshgrid(positions: Sequence[int], total: int) -> Coordinates:
    """As `mask_coo`."""
    kept = np.array(positions, np.int64)
    valid = kept[(kept >= 0) & (kept < total)]
    rows, cols = np.meshgrid(valid, valid, indexing="ij")
    return rows.flatten(), cols.flatten(), np.ones(rows.size, np.float32)


RECIPE = Recipe(
    id="meshgrid-mask",
    target="finite-memory",
    touches={"mask_coo"},
    apply=lambda ops: replace(ops, mask_coo=coordinates_by_meshgrid),
    claim=Claim(
        text="50-100x faster for numerical operations",
        measure="seam speed-up",
        low=50,
        high=100,
        workload="mask",
        source="finite-memory notes, optimisation 3",
    ),
    equivalence=exact(),
)
