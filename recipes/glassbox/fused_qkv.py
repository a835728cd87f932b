"""Project queries, keys and values by one product.

What it does
    Lays the three weights of a layer below one another, once, and multiplies by all of them together. Weights that are
    replaced are laid anew. On dequant-cache, because the fused weights are float32 already: else this would measure the
    dequantising that it saves.

Why the baseline is slow
    Three products of a few rows read the activation three times, and go through a pool each.

When it loses
    The weights are in memory twice. Few rows are bound by reading the weights, which are as many as before.

Source
    Beyond the notes; usual in inference engines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, Ops, Pools, Weight, Weights

__all__ = ["RECIPE", "fused"]


def fused(names: Sequence[str]) -> Callable[[Ops, Pools, Array, Weights, str], tuple[Array, ...]]:
    """A projection by the weights `names` of a layer, as one product; it remembers, so one for each model."""
    held: dict[str, tuple[tuple[Weight, ...], Array]] = {}

    def project_fused(ops: Ops, pools: Pools, x: Array, weights: Weights, prefix: str) -> tuple[Array, ...]:
        stored = tuple(weights[f"{prefix}.{name}"] for name in names)
        known = held.get(prefix)
        if known is None or any(old is not new for old, new in zip(known[0], stored, strict=True)):
            known = held[prefix] = (
                stored,
                np.concatenate([ops.get_w(ops, weights, f"{prefix}.{name}") for name in names]),
            )
        whole = f"{prefix}.{'+'.join(names)}"
        y = ops.linear(ops, pools, x, known[1], whole)
        return tuple(np.split(y, np.cumsum([w.shape[0] for w in stored])[:-1], axis=-1))

    return project_fused


RECIPE = Recipe(
    id="fused-qkv",
    target="glassbox",
    status="beyond",
    touches={"qkv"},
    shadows={"fan_out"},
    requires={"dequant-cache"},
    apply=lambda ops: replace(ops, qkv=fused(("wq", "wk", "wv"))),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="BLAS sums in another order, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="BLAS sums in another order"),
)
