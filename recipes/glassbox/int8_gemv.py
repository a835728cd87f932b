"""Multiply a few rows by the int8 weights themselves.

What it does
    For up to 32 rows a compiled loop reads the int8 numbers that int8-weights keeps, converts them in registers, and
    multiplies the sum by the scale: a quarter of the bytes of float32 weights, of the projections and of the output
    head. Four rows share one reading. More rows, and weights that are not quantised, go the documented way.

Why the baseline is slow
    One row takes each weight once: the product is as fast as the weights come from memory. Even where int8 is what is
    kept, the documented way writes every weight out as float32 before it multiplies.

When it loses
    With more rows the arithmetic outweighs the bytes, and BLAS is better at that, on dequant-cache. Compiling takes
    some seconds in every process.

Source
    Beyond the notes; usual in engines that store int8.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numba
import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, Ops, Pools, Simulated, Weights, head, project

MOST_ROWS = 32


# A sum begins with `zero`, of the dtype of x: begun with a plain 0 it would be one of float64.
def _one_row(x: Any, values: Any, scale: Any, zero: Any, out: Any) -> None:
    for n in range(values.shape[0]):
        a = zero
        for k in range(values.shape[1]):
            a += x[k] * values[n, k]
        out[n] = a * scale


def _four_rows(x: Any, values: Any, scale: Any, zero: Any, out: Any) -> None:
    for n in range(values.shape[0]):
        a = b = c = d = zero
        for k in range(values.shape[1]):
            weight = zero + values[n, k]
            a += x[0, k] * weight
            b += x[1, k] * weight
            c += x[2, k] * weight
            d += x[3, k] * weight
        out[0, n] = a * scale
        out[1, n] = b * scale
        out[2, n] = c * scale
        out[3, n] = d * scale


_FAST = {"reassoc", "contract"}  # sums in any order, but NaN and infinity stay
_one = numba.njit(_one_row, fastmath=_FAST)
_four = numba.njit(_four_rows, fastmath=_FAST)


def multiply(x: Array, numbers: Array, factor: np.float32) -> Array:
    """x (..., in) times int8 numbers (out, in), times the factor: (..., out), of the result type of x and float32."""
    width = x.shape[-1]
    rows = x.size // width
    dtype = np.result_type(x, np.float32)
    scale, zero = dtype.type(factor), dtype.type(0)
    x2d = np.ascontiguousarray(x.reshape(rows, width), dtype)
    out = np.empty((rows, len(numbers)), dtype)
    fours = rows - rows % 4
    for m in range(0, fours, 4):
        _four(x2d[m : m + 4], numbers, scale, zero, out[m : m + 4])
    for m in range(fours, rows):
        _one(x2d[m], numbers, scale, zero, out[m])
    return out.reshape(*x.shape[:-1], -1)


def _few(x: Array) -> bool:
    return bool(x.size // x.shape[-1] <= MOST_ROWS)


def project_int8(ops: Ops, pools: Pools, x: Array, weights: Weights, name: str) -> Array:
    """x (..., in) times the weight `name` (out, in): (..., out)."""
    if isinstance(weights[name], Simulated) and _few(x):
        return multiply(x, *ops.quantize(weights, name))
    return project(ops, pools, x, weights, name)


def head_int8(ops: Ops, x: Array, weights: Weights) -> Array:
    """Logits (B, T, V) of x (B, T, D)."""
    if isinstance(weights["embed"], Simulated) and _few(x):
        return multiply(x, *ops.quantize(weights, "embed"))
    return head(ops, x, weights)


RECIPE = Recipe(
    id="int8-gemv",
    target="glassbox",
    status="beyond",
    touches={"project", "head"},
    workload="decode",
    requires={"int8-weights"},
    needs={"numba": "numba>=0.61"},
    apply=lambda ops: replace(ops, project=project_int8, head=head_int8),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="another order of summing, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="another order of summing, and the scale is applied at the end"),
)
