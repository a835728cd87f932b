"""Keep the attention scores, and all after them, in float32.

What it does
    Divides the scores by a float32 instead of the float64 that `np.sqrt` of an int is.

Why the baseline is slow
    Under NumPy 2 a float64 scalar is a strong type: float32 scores become float64, and with them the residual stream
    from the first attention on. Every product after that moves twice the bytes, at half the rate.

When it loses
    Never in time. Results have the precision of float32 again, which is what the weights have.

Source
    Beyond the notes. NumPy's NEP 50, in force since 2.0, says which scalars are strong.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import score_scale


def score_scale_float32(head_dim: int) -> np.float32:
    """The square root of head_dim, as float32."""
    return np.float32(score_scale(head_dim))


RECIPE = Recipe(
    id="float32-scale",
    target="glassbox",
    status="beyond",
    touches={"score_scale"},
    apply=lambda ops: replace(ops, score_scale=score_scale_float32),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        dtype_change=True,
        why="float32 instead of float64 from the first attention on, and the float16 rounding of activations turns a "
        "last-bit difference into a half-precision step",
    ),
    seam_equivalence=close(ulp=1, rtol=1e-7, dtype_change=True, why="float32 instead of float64"),
)
