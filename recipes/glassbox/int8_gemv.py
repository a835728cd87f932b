"""Multiply a few rows by the int8 weights themselves.

What it does
    For up to eight rows a compiled loop reads the stored int8 values, converts them in registers, and multiplies the
    sum by the scale: a quarter of the bytes of float32 weights. More rows, and weights that are not quantised, go the
    documented way. On dequant-cache, so that it is compared with weights that are float32 already.

Why the baseline is slow
    One row takes each weight once: the product is as fast as the weights come from memory.

When it loses
    With more rows the arithmetic outweighs the bytes, and BLAS is better at that. Compiling takes about a second in
    every process.

Source
    Beyond the notes: the weights are kept in 8 bits anyway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numba
import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, Ops, Pools, Quantized, Weights, project

MOST_ROWS = 8


def _multiply(x: Any, values: Any, scale: Any, out: Any) -> None:
    rows, width = x.shape
    for n in range(values.shape[0]):
        for m in range(rows):
            total = scale * 0
            for k in range(width):
                total += x[m, k] * values[n, k]
            out[m, n] = total * scale


_gemv = numba.njit(_multiply, fastmath={"reassoc", "contract"})  # sums in any order, but NaN and infinity stay


def project_int8(ops: Ops, pools: Pools, x: Array, weights: Weights, name: str) -> Array:
    """x (..., in) times the weight `name` (out, in): (..., out)."""
    weight = weights[name]
    rows = x.size // x.shape[-1]
    if rows > MOST_ROWS or not isinstance(weight, Quantized):
        return project(ops, pools, x, weights, name)
    dtype = np.result_type(x, np.float32)
    out = np.empty((rows, weight.shape[0]), dtype)
    x2d = np.ascontiguousarray(x.reshape(rows, x.shape[-1]), dtype)
    _gemv(x2d, weight.values, dtype.type(weight.scale), out)
    return out.reshape(*x.shape[:-1], -1)


RECIPE = Recipe(
    id="int8-gemv",
    target="glassbox",
    status="beyond",
    touches={"project"},
    requires={"dequant-cache"},
    needs={"numba": "perfkit[jit]"},
    apply=lambda ops: replace(ops, project=project_int8),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="another order of summing, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="another order of summing, and the scale is applied at the end"),
)
