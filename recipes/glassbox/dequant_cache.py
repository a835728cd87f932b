"""Quantise and dequantise each weight once, and keep the result.

What it does
    Remembers, for each name, the stored weight object and the float32 numbers that quantising makes of it. A weight
    that was replaced is another object, so the old copy is dropped. The copies are read-only, so that no caller can
    spoil them.

Why the baseline is slow
    It finds the scale, divides, rounds, clips, and multiplies by the scale again, whenever a weight is used: several
    passes over ten million numbers for each token, of which the product itself needs only one.

When it loses
    The weights are then in memory twice. It gains nothing when weights change on every step (training). Few rows are
    bound by reading the weights: int8-weights with int8-gemv reads a quarter of the bytes.

Source
    The notes of the glass-box engine, 2024-05-23: "Simulated Quantization Bottleneck". NumPy 2, whose scalars make
    the scores float64, came later that year: float32-scale stands for the NumPy of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.glassbox.ops import BASELINE, Array, Ops, Weight, Weights, get_w


def cached_get_w() -> Callable[[Ops, Weights, str], Array]:
    """A get_w that remembers; one for each model."""
    held: dict[str, tuple[Weight, Array]] = {}

    def get_w_cached(ops: Ops, weights: Weights, name: str) -> Array:
        stored = weights[name]
        known = held.get(name)
        if known is not None and known[0] is stored:
            return known[1]
        dense = get_w(BASELINE, weights, name).view()  # a plain weight comes as it is stored: that stays as it was
        dense.flags.writeable = False
        held[name] = (stored, dense)
        return dense

    return get_w_cached


RECIPE = Recipe(
    id="dequant-cache",
    target="glassbox",
    touches={"get_w"},
    shadows={"quantize"},
    apply=lambda ops: replace(ops, get_w=cached_get_w()),
    claim=Claim(
        text="dequantising on the fly dominates decode: 25 ms vs 2 ms of compute",
        measure="speed-up",
        low=12.5,
        high=13.5,
        workload="decode",
        on=("einsum-optimize", "float32-scale"),
        source="glass-box notes, 2024-05-23",
    ),
    equivalence=exact(),
)
