"""Leave torch's fused encoder layer for its ordinary one.

What it does
    Switches `torch.backends.mha`'s fast path off while the layers run, and back on after them.

Why the baseline is slow
    In evaluation torch takes a fused kernel for each encoder layer, made for long batches on a GPU.

When it loses
    Here, if the fused kernel is the faster one. The two round differently: what was compressed with one cannot be
    decompressed with the other, which is why the stream says so.

Source
    Beyond the notes; they warn of the switch, and give no figure.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close, new_format

from ...sample_targets.compressor.model import ByteTransformer
from ...sample_targets.compressor.ops import Tensor, stream


@stream("no-fastpath")
def transform_ordinary(model: ByteTransformer, x: Tensor, mask: Tensor) -> Tensor:
    """Hidden states (1, T, D)."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        hidden: Tensor = model.encoder(x, mask=mask)
    finally:
        torch.backends.mha.set_fastpath_enabled(before)
    return hidden


RECIPE = Recipe(
    id="no-mha-fastpath",
    target="compressor",
    status="beyond",
    touches={"transform"},
    workload="predict",
    apply=lambda ops: replace(ops, transform=transform_ordinary),
    equivalence=new_format(
        {"stream"},
        within=close(rtol=1e-4, atol=1e-7, why="the two layers add up in another order"),
        why="probabilities differ in the last bits, and counts and stream with them; what comes back must be the same",
    ),
    seam_equivalence=close(rtol=1e-4, atol=1e-4, why="the two layers add up in another order"),
)
