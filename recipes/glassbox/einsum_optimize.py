"""Let einsum plan its contraction, so that it reaches BLAS.

What it does
    Passes `optimize=True` to every `np.einsum` of the engine: scores, values and logits.

Why the baseline is slow
    Without it einsum walks the operands with one general C loop. With it the same contraction becomes a `tensordot`
    or a `matmul`, which use blocked, vectorised BLAS kernels.

When it loses
    Planning costs tens of microseconds a call. One row against a short cache (decode at batch 1) is less work than
    the plan.

Source
    The notes of the glass-box engine, 2024-05-23: "Einsum Performance Trap".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Claim, Recipe, close

from ...sample_targets.glassbox.ops import Array


def contract_optimized(spec: str, a: Array, b: Array) -> Array:
    """The same contraction, by BLAS where einsum's planner finds a way."""
    result: Array = np.einsum(spec, a, b, optimize=True)
    return result


RECIPE = Recipe(
    id="einsum-optimize",
    target="glassbox",
    touches={"contract"},
    apply=lambda ops: replace(ops, contract=contract_optimized),
    claim=Claim(
        text="10-15x slower than BLAS-dispatched matmul; optimize=True recovers this",
        measure="seam speed-up",
        low=10.0,
        high=15.0,
        workload="forward-small",
        on=("einsum-era",),
        source="glass-box notes, 2024-05-23",
    ),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="BLAS sums in another order, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="BLAS sums in another order"),
)
