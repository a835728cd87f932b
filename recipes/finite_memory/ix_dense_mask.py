"""Fill the matrix of a mask with one assignment.

What it does
    `mask[np.ix_(valid, valid)] = True`.

Why the baseline is slow
    It assigns a quarter of a million elements one at a time.

When it loses
    Below a few dozen positions.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, exact


def mask_by_ix(positions: Sequence[int], total: int) -> Any:
    """As `mask_dense`."""
    kept = np.array(positions, np.int64)
    valid = kept[(kept >= 0) & (kept < total)]
    mask = np.zeros((total, total), np.bool_)
    mask[np.ix_(valid, valid)] = True
    return mask


RECIPE = Recipe(
    id="ix-dense-mask",
    target="finite-memory",
    status="beyond",
    touches={"mask_dense"},
    workload="mask-dense",
    apply=lambda ops: replace(ops, mask_dense=mask_by_ix),
    equivalence=exact(),
)
