"""Compute the logits of the last position alone.

What it does
    Cuts the hidden states to the last position before the head.

Why the baseline is slow
    It multiplies 128 rows by the head's matrix, of which one is read.

When it loses
    Where the loss of every position is wanted, as in training. A product of one row rounds otherwise than one of 128:
    the stream is another, and must be read by the same program.

Source
    The notes of the compressor, 2026-02-08: "reduces the complexity of this layer from O(seq_len) to O(1)"; no figure.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, close, new_format

from ...sample_targets.compressor.model import ByteTransformer
from ...sample_targets.compressor.ops import Tensor, stream


@stream("last-row")
def head_of_the_last(model: ByteTransformer, hidden: Tensor) -> Tensor:
    """(1, 1, 256): logits of the last position."""
    logits: Tensor = model.head(hidden[:, -1:])
    return logits


RECIPE = Recipe(
    id="last-token-only",
    target="compressor",
    touches={"head"},
    workload="predict",
    apply=lambda ops: replace(ops, head=head_of_the_last),
    equivalence=new_format(
        {"stream"},
        within=close(rtol=1e-4, atol=1e-7, why="a product of one row rounds otherwise than one of 128"),
        why="probabilities differ in the last bits, and counts and stream with them; what comes back must be the same",
    ),
    seam_equivalence=new_format({"output"}, why="one position instead of all, as the seam's contract allows"),
)
