"""Fill each block of a block-diagonal mask with one slice.

What it does
    `mask[start:end, start:end] = True` for each kept span.

Why the baseline is slow
    It assigns the elements of each block one at a time.

When it loses
    Never seen.

Source
    Beyond the notes, which speak of the pairs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, exact


def blocks_by_slice(spans: Sequence[int], span: int, total: int) -> Any:
    """As `mask_blocks`."""
    mask = np.zeros((total, total), np.bool_)
    for number in spans:
        start = number * span
        end = min(start + span, total)
        mask[start:end, start:end] = True
    return mask


RECIPE = Recipe(
    id="slice-blocks-mask",
    target="finite-memory",
    status="beyond",
    touches={"mask_blocks"},
    workload="mask-blocks",
    apply=lambda ops: replace(ops, mask_blocks=blocks_by_slice),
    equivalence=exact(),
)
