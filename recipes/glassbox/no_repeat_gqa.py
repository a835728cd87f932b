"""Let the query heads of a group share their keys and values instead of repeating them.

What it does
    Lays the query heads that read the same key/value head below one another, as more rows of one product. Keys and
    values are read where they are.

Why the baseline is slow
    `np.repeat` writes every key and value once for each query head of its group, for every token.

When it loses
    With one query head for each key/value head there is nothing to share. In a long prefill the scores dwarf the
    copies.

Source
    Beyond the notes; grouped-query attention is from Ainslie and others, "GQA", 2023.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, Ops


def attend_grouped(ops: Ops, q: Array, k: Array, v: Array, start: int) -> Array:
    """Causal attention of q (B, H, T, hd) over k, v (B, KV, S, hd), the heads of a group together."""
    batch, heads, length, width = q.shape
    kv, held = k.shape[1], k.shape[2]
    rows = heads // kv * length
    scores = ops.contract("bhtd,bhsd->bhts", q.reshape(batch, kv, rows, width), k) / ops.score_scale(width)
    visible = np.arange(held) <= np.arange(start, start + length)[:, None]  # (T, S)
    shares = np.where(visible, scores.reshape(batch, heads, length, held), -np.inf)
    shares -= shares.max(axis=-1, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=-1, keepdims=True)
    y = ops.contract("bhts,bhsd->bhtd", shares.reshape(batch, kv, rows, held), v)  # (B, KV, H/KV*T, hd)
    return y.reshape(batch, heads, length, width)


RECIPE = Recipe(
    id="no-repeat-gqa",
    target="glassbox",
    status="beyond",
    touches={"attend"},
    apply=lambda ops: replace(ops, attend=attend_grouped),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="another shape may take another BLAS kernel, and the float16 rounding of activations turns a last-bit "
        "difference into a half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="another shape may take another BLAS kernel"),
)
