"""Compute the sigmoid by its formula, without masks.

What it does
    `1 / (1 + exp(-x))` over the whole array, with the overflow warning silenced: exp overflows to infinity and the
    quotient is then 0, as it should be. The dtype of the input is kept.

Why the baseline is slow
    It splits the elements by sign with boolean masks, gathers and scatters each half, and takes the exponential twice
    over.

When it loses
    It gives 0 below about -88.7 in float32, where the piecewise form still gives a subnormal number. Code that takes
    the logarithm of a sigmoid needs the piecewise form, or `-log1p(exp(-x))`.

Source
    The notes of the glass-box engine, 2026-01-30: "Optimized Sigmoid Performance". They also say "~3x faster than
    `scipy.special.expit`": see scipy-expit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Claim, Recipe, close

from ...sample_targets.glassbox.ops import Array


def naive_sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), in the dtype of x."""
    with np.errstate(over="ignore"):
        result: Array = 1.0 / (1.0 + np.exp(-x))
    return result


RECIPE = Recipe(
    id="naive-sigmoid",
    target="glassbox",
    touches={"sigmoid"},
    apply=lambda ops: replace(ops, sigmoid=naive_sigmoid),
    claim=Claim(
        text="~13x faster than a masked piecewise implementation",
        measure="seam speed-up",
        low=11.0,
        high=15.0,
        workload="forward-small",
        source="glass-box notes, 2026-01-30",
    ),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="the two formulas round differently, and the float16 rounding of activations turns a last-bit difference "
        "into a half-precision step",
    ),
    seam_equivalence=close(
        ulp=8,
        atol=1.2e-38,
        why="the two formulas round differently for negative inputs, and this one has no subnormal results",
    ),
)
