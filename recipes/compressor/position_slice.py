"""Slice the position vectors out of their table instead of looking them up.

What it does
    Takes the first rows of the embedding's weight, which is a view: it follows training by itself.

Why the baseline is slow
    It gathers 128 rows by their numbers, for every byte.

When it loses
    Never for positions that begin at 0. A copy made once, as the notes have it, goes stale when the weights change.

Source
    The notes of the compressor, 2025-05-17: "significantly faster on CPU"; no figure.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.model import ByteTransformer
from ...sample_targets.compressor.ops import Tensor


def positions_sliced(model: ByteTransformer, index: Tensor) -> Tensor:
    """(T, D): the first rows."""
    return model.positions.weight[: len(index)]


RECIPE = Recipe(
    id="position-slice",
    target="compressor",
    touches={"positions"},
    workload="predict",
    apply=lambda ops: replace(ops, positions=positions_sliced),
    equivalence=exact(),
    seam_equivalence=exact(no_grad=True),
)
