"""Sum the squares of RMSNorm by einsum, without a float64 copy of the activation.

What it does
    For 65,536 elements and more: `np.einsum("...d,...d->...", x, x, dtype=np.float64, optimize=True)`. Smaller inputs
    take the documented form.

Why the baseline is slow
    `x.astype(np.float64)` writes a second activation, twice as large, only to square it and sum it up.

    "Doubling memory usage": `perfkit compare --recipe rmsnorm-einsum --workload prefill --size full --memory` counts
    6.37 MB for the seam alone before, and 4.28 MB after, 1.5x less.

When it loses
    With `optimize=True`, NumPy 2 may copy both operands to float64 itself, which is more than what was to be saved.
    rmsnorm-einsum-plain leaves the planner out.

Source
    The notes of the glass-box engine, 2026-10-25: "RMSNorm Allocation Bottleneck". They give no figure for the
    gain, and the threshold of 65,536 elements.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, rms_norm

THRESHOLD = 65_536  # elements


def rms_norm_einsum(x: Array, weight: Array, eps: float) -> Array:
    """x / sqrt(mean(x**2) + eps) * weight, the sum in float64."""
    if x.size < THRESHOLD:
        return rms_norm(x, weight, eps)
    total: Array = np.einsum("...d,...d->...", x, x, dtype=np.float64, optimize=True)
    mean = total[..., None] / x.shape[-1]
    result: Array = x * (1.0 / np.sqrt(mean + eps)).astype(x.dtype) * weight
    return result


RECIPE = Recipe(
    id="rmsnorm-einsum",
    target="glassbox",
    touches={"rms_norm"},
    apply=lambda ops: replace(ops, rms_norm=rms_norm_einsum),
    thresholds={"rows": (128, "65,536 elements of width 512"), "width": (128, "65,536 elements in 512 rows")},
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="the squares are summed in another order, and the float16 rounding of activations turns a last-bit "
        "difference into a half-precision step",
    ),
    seam_equivalence=close(ulp=4, rtol=1e-12, why="the squares are summed in another order"),
)
