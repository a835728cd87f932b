"""Compute the sigmoid with `scipy.special.expit`.

What it does
    Calls the ufunc of SciPy, which keeps float32 and float64 as they are.

Why the baseline is slow
    It splits the elements by sign with boolean masks, gathers and scatters each half, and takes the exponential twice
    over.

When it loses
    It takes one number at a time, where NumPy's exponential takes several.

Source
    The notes of the glass-box engine, 2026-01-30, measure naive-sigmoid against two others: "~13x faster than a masked
    piecewise implementation and ~3x faster than `scipy.special.expit`". The masked form is the baseline here, so the 3x
    is the quotient of two rows: what naive-sigmoid gives over what this gives. From the two figures of the notes this
    gives 13/3, about 4.3x: that is the claim.
"""

from __future__ import annotations

from dataclasses import replace

from scipy.special import expit

from perfkit.recipe import Claim, Recipe, close

from ...sample_targets.glassbox.ops import Array


def sigmoid_expit(x: Array) -> Array:
    """1 / (1 + exp(-x)), in the dtype of x."""
    result: Array = expit(x)
    return result


RECIPE = Recipe(
    id="scipy-expit",
    target="glassbox",
    status="reference",
    touches={"sigmoid"},
    apply=lambda ops: replace(ops, sigmoid=sigmoid_expit),
    claim=Claim(
        text="naive is ~13x faster than masked and ~3x faster than expit: derived, expit is ~4.3x faster than masked",
        measure="seam speed-up",
        low=3.7,
        high=5.0,
        workload="forward-small",
        source="glass-box notes, 2026-01-30",
    ),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="another exponential, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(ulp=8, atol=1.2e-38, why="another exponential"),
)
