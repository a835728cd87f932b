"""Compute the SwiGLU activation in the memory of its first operand.

What it does
    `a *= b; a *= sigmoid(b)`: the projections a and b are not read again, so the result may take the place of a.

Why the baseline is slow
    It makes two temporary arrays of the size of the feed-forward width, and each is written and read once more.

When it loses
    Where the caller still needs a. And a benchmark that calls it again and again on the same array measures something
    else: every call multiplies what the last one left, the numbers shrink until they are subnormal, and then arithmetic
    itself may be many times slower. perfkit gives each call inputs of its own, and looks for subnormals afterwards.

Source
    The notes of the glass-box engine, 2024-10-31: "Micro-benchmark Denormal Trap". They give no figure for the
    gain, only the 100x of the trap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.glassbox.ops import Array, Ops


def gate_in_place(ops: Ops, a: Array, b: Array) -> Array:
    """a * b * sigmoid(b), in the memory of a."""
    np.multiply(a, b, out=a)
    np.multiply(a, ops.sigmoid(b), out=a)
    return a


RECIPE = Recipe(
    id="inplace-swiglu",
    target="glassbox",
    touches={"gate"},
    apply=lambda ops: replace(ops, gate=gate_in_place),
    equivalence=exact(),
)
