"""Sum the squares of RMSNorm by einsum, without its planner.

What it does
    `np.einsum("...d,...d->...", x, x, dtype=np.float64)` at every size: the C iterator converts as it goes, in small
    buffers.

Why the baseline is slow
    `x.astype(np.float64)` writes a second activation, twice as large, only to square it and sum it up.

When it loses
    The iterator sums in one plain loop. Where the activation fits the cache, a vectorised square and a pairwise sum may
    be as fast.

Source
    Corrects rmsnorm-einsum: there `optimize=True` may make einsum copy both operands first. The idea is that of the
    glass-box notes, 2026-10-25: "RMSNorm Allocation Bottleneck", which give no figure.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array


def rms_norm_einsum_plain(x: Array, weight: Array, eps: float) -> Array:
    """x / sqrt(mean(x**2) + eps) * weight, the sum in float64."""
    total: Array = np.einsum("...d,...d->...", x, x, dtype=np.float64)
    mean = total[..., None] / x.shape[-1]
    result: Array = x * (1.0 / np.sqrt(mean + eps)).astype(x.dtype) * weight
    return result


RECIPE = Recipe(
    id="rmsnorm-einsum-plain",
    target="glassbox",
    status="corrected",
    touches={"rms_norm"},
    apply=lambda ops: replace(ops, rms_norm=rms_norm_einsum_plain),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="the squares are summed in another order, and the float16 rounding of activations turns a last-bit "
        "difference into a half-precision step",
    ),
    seam_equivalence=close(ulp=4, rtol=1e-12, why="the squares are summed in another order"),
)
