"""Multiply in bfloat16, by torch's autocast.

What it does
    Infers under `torch.autocast` with bfloat16, as the recipe of the same name does for the documented spectral model.

Why the baseline is slow
    It multiplies in float32 throughout.

When it loses
    Without bfloat16 units (AVX512_BF16, AMX) the products are emulated, 10 to 20 times as slow. It converts every
    weight in every call, and it changes the third digit of a logit.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, close

from ..spectral.bf16_autocast import in_bfloat16

RECIPE = Recipe(
    id="bf16-autocast",
    target="spectral-causal",
    status="beyond",
    touches={"infer"},
    apply=lambda ops: replace(ops, infer=in_bfloat16(ops.infer)),
    equivalence=close(rtol=0.02, atol=0.04, why="bfloat16 keeps 8 bits of each factor"),
)
