"""Send only large products to the thread pool: 1.5e8 multiply-adds and 32 rows.

What it does
    Below either bound the tiles of `linear` are computed one after the other, in the calling thread. They are the same
    tiles, so the bits are the same.

Why the baseline is slow
    From 1e7 multiply-adds on it hands tiles to a pool: waking a thread and waiting for it takes tens of microseconds,
    and the threads compete with those of BLAS.

When it loses
    A product between the bounds that takes a millisecond gains from a second core when BLAS has one thread. With BLAS
    on all cores the pool only adds to the crowd.

Source
    The notes of the glass-box engine, 2026-10-27: "ThreadPoolExecutor Overhead on Small/Medium Matrices".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.glassbox.ops import POOL_ABOVE, Array, Ops, Pools, linear, tiles

POOL_FROM = 1.5e8  # multiply-adds
ROWS_FROM = 32


def linear_thresholded(ops: Ops, pools: Pools, x: Array, w: Array, name: str) -> Array:
    """x (..., in) @ w.T as `linear` computes it, in this thread unless it is large."""
    m, k, n = x.size // x.shape[-1], x.shape[-1], w.shape[0]
    small = m * k * n < POOL_FROM or m < ROWS_FROM
    if m * k * n <= POOL_ABOVE or not small:
        return linear(ops, pools, x, w, name)
    dtype = np.result_type(x, w)
    x2d, w = x.reshape(m, k).astype(dtype, copy=False), w.astype(dtype, copy=False)
    out = ops.buffer(name, (m, n), dtype)
    for i, j in tiles(m, k, n, pools.workers):  # a BLAS kernel may round by the place in its matrix
        np.matmul(x2d[i], w[j].T, out[i, j])
    return out.reshape(*x.shape[:-1], n)


RECIPE = Recipe(
    id="tiled-matmul-threshold",
    target="glassbox",
    touches={"linear"},
    apply=lambda ops: replace(ops, linear=linear_thresholded),
    claim=Claim(
        text="a pool can be up to 30x slower than single-threaded BLAS below ~150M operations or 32 rows",
        measure="seam speed-up",
        low=2.0,
        high=30.0,
        workload="forward-small",
        source="glass-box notes, 2026-10-27",
    ),
    thresholds={"rows": (32, "M < 32 stays serial")},
    threaded=True,
    equivalence=exact(),
)
