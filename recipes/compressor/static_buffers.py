"""Keep the mask and the numbers of the positions instead of making them for every byte.

What it does
    Makes both once for each length, outside of inference mode, so that training may use them too.

Why the baseline is slow
    It makes a mask of 128 x 128 numbers and an index of 128 for every byte.

When it loses
    It holds 64 KiB for each length that occurs, 4 MiB for all 128.

Source
    The notes of the compressor, 2025-05-15: "using register_buffer for static tensors"; no figure of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import torch

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.ops import Ops, Tensor


def kept(make: Callable[[int], Tensor]) -> Callable[[int], Tensor]:
    """`make`, asked once for each length."""

    @cache
    def remembered(length: int) -> Tensor:
        with torch.inference_mode(False):  # what is made within cannot take part in training
            return make(length)

    return remembered


def with_buffers(ops: Ops) -> Ops:
    """A table with buffers of its own."""
    return replace(ops, mask=kept(ops.mask), position_index=kept(ops.position_index))


RECIPE = Recipe(
    id="static-buffers",
    target="compressor",
    touches={"mask", "position_index"},
    workload="predict",
    apply=with_buffers,
    equivalence=exact(),
)
