"""Take Adam's step in one pass over the weights.

What it does
    Asks torch for its fused Adam: one loop over weight, gradient and both moments, in compiled code.

Why the baseline is slow
    Adam as it comes makes a dozen passes over each weight on a processor, with a temporary between any two.

When it loses
    Never seen. It rounds otherwise in the last bits.

Source
    Beyond the notes, which train with Adam at 1e-3.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, close

from ..spectral.fused_adam import update_fused

RECIPE = Recipe(
    id="fused-adam",
    target="spectral-causal",
    status="beyond",
    touches={"update"},
    workload="train",
    apply=lambda ops: replace(ops, update=update_fused),
    equivalence=close(rtol=1e-4, atol=2e-5, why="one pass rounds otherwise than a dozen"),
)
