"""Make the tensor of the context by way of numpy.

What it does
    Cuts the list, makes an array of it, and lets torch take over its memory.

Why the baseline is slow
    `torch.tensor` looks at each Python number twice: for its type, and for its value.

When it loses
    For a handful of numbers, where two calls cost more than one.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.ops import Tensor


def tokens_numpy(history: list[int], limit: int) -> Tensor:
    """The last `limit` bytes as (1, T)."""
    return torch.from_numpy(np.array(history[-limit:], np.int64)).unsqueeze(0)


RECIPE = Recipe(
    id="numpy-context",
    target="compressor",
    status="beyond",
    touches={"tokens"},
    workload="predict",
    apply=lambda ops: replace(ops, tokens=tokens_numpy),
    equivalence=exact(),
)
