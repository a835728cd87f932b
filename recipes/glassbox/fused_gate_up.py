"""Compute the two feed-forward projections by one product.

What it does
    Lays the weights w1 and w2 of a layer below one another, once, and multiplies by both together; as fused-qkv does
    for attention, and on dequant-cache for the same reason.

Why the baseline is slow
    Two products of a few rows read the activation twice, and go through a pool each.

When it loses
    The weights are in memory twice, and the two halves of the result no longer lie next to each other: what is done
    with them element by element takes strides.

Source
    Beyond the notes; usual in inference engines.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, close

from .fused_qkv import fused

RECIPE = Recipe(
    id="fused-gate-up",
    target="glassbox",
    status="beyond",
    touches={"gate_up"},
    shadows={"fan_out"},
    requires={"dequant-cache"},
    apply=lambda ops: replace(ops, gate_up=fused(("w1", "w2"))),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="BLAS sums in another order, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="BLAS sums in another order"),
)
