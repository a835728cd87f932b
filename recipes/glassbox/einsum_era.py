"""The engine as it was at first: the projections are einsums too.

What it does
    Sends every weight projection through the seam `contract`, as scores, values and logits are. It is slower, and meant
    to be: it sets the stage on which the oldest claim was made.

Why the baseline is slow
    It is not, beside this: tiles of BLAS replaced the einsums when the thread pool came in.

When it loses
    Always. Use it below einsum-optimize, as its claim does.

Source
    The notes of the glass-box engine were written over time: einsum everywhere in 2024-05-23, the pool by 2026-10-27.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, Ops, Pools


def linear_by_einsum(ops: Ops, pools: Pools, x: Array, w: Array, name: str) -> Array:
    """x (..., in) @ w.T for w (out, in): (..., out), as one contraction."""
    rows = x.reshape(1, -1, x.shape[-1])
    result = ops.contract("btd,vd->btv", rows, w)
    return np.ascontiguousarray(result).reshape(*x.shape[:-1], w.shape[0])


RECIPE = Recipe(
    id="einsum-era",
    target="glassbox",
    status="reference",
    touches={"linear"},
    shadows={"buffer"},
    apply=lambda ops: replace(ops, linear=linear_by_einsum),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="einsum sums in another order than BLAS, and the float16 rounding of activations turns a last-bit "
        "difference into a half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="einsum sums in another order than BLAS"),
)
