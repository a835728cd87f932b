"""Quantise each weight once and keep its int8 numbers.

What it does
    Remembers, for each name, the stored weight object, the int8 numbers that quantising makes of it, and their scale.
    A weight that was replaced is another object and is quantised anew. What is left of a call is to turn int8 into
    float32 and to multiply by the scale. The numbers are read-only, so that no caller can spoil them.

Why the baseline is slow
    It keeps float32 weights, and searches for the scale, divides, rounds and clips whenever a weight is used.

When it loses
    dequant-cache saves the multiplication too, and replaces the same step: where each weight meets many rows, that is
    better. This one is the ground for int8-gemv, which reads the int8 numbers as they are.

Source
    Beyond the notes, which cache the dequantised weights (2024-05-23); a model that is really quantised stores int8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.glassbox.ops import Array, Weight, Weights, quantize


def stored_numbers() -> Callable[[Weights, str], tuple[Array, np.float32]]:
    """A quantize that remembers; one for each model."""
    held: dict[str, tuple[Weight, tuple[Array, np.float32]]] = {}

    def quantize_once(weights: Weights, name: str) -> tuple[Array, np.float32]:
        stored = weights[name]
        known = held.get(name)
        if known is None or known[0] is not stored:
            numbers, scale = quantize(weights, name)
            numbers.flags.writeable = False
            known = held[name] = stored, (numbers, scale)
        return known[1]

    return quantize_once


RECIPE = Recipe(
    id="int8-weights",
    target="glassbox",
    status="beyond",
    workload="decode",
    touches={"quantize"},
    apply=lambda ops: replace(ops, quantize=stored_numbers()),
    equivalence=exact(),
)
