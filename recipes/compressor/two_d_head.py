"""Multiply the head's matrix in two dimensions.

What it does
    Drops the batch of one, so that bias and product become one call of the matrix library.

Why the baseline is slow
    With three dimensions torch reshapes, multiplies and adds the bias on the way.

When it loses
    Where the library's fused call rounds otherwise: then the stream is another. That is the matrix library's choice, so
    the stream says so.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close, new_format

from ...sample_targets.compressor.model import ByteTransformer
from ...sample_targets.compressor.ops import Tensor, stream


@stream("flat-head")
def head_in_two_dimensions(model: ByteTransformer, hidden: Tensor) -> Tensor:
    """(1, T, 256): logits of all positions."""
    return torch.addmm(model.head.bias, hidden[0], model.head.weight.t()).unsqueeze(0)


RECIPE = Recipe(
    id="two-d-head",
    target="compressor",
    status="beyond",
    touches={"head"},
    workload="predict",
    apply=lambda ops: replace(ops, head=head_in_two_dimensions),
    equivalence=new_format(
        {"stream"},
        within=close(rtol=1e-4, atol=1e-7, why="the fused product may add up in another order"),
        why="a probability may differ in the last bits; what comes back must be the same",
    ),
    seam_equivalence=close(rtol=1e-4, atol=1e-4, why="the fused product may add up in another order"),
)
