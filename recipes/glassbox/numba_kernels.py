"""Compile the activation and the norm to one pass each, with numba.

What it does
    One loop computes `a * b * sigmoid(b)`, another the mean square and the norm of each row, without a temporary array.

Why the baseline is slow
    NumPy writes every intermediate to memory: five arrays for the gate, three for the norm.

When it loses
    Compiling takes about a second in every process. Where numba finds no vector library, its `exp` takes one number at
    a time, and NumPy's takes sixteen.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numba
import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array, Ops


def _gate_rows(a: Any, b: Any, one: Any, out: Any) -> None:
    for i in range(a.size):
        z = b[i]
        out[i] = a[i] * z / (one + np.exp(-z))


def _norm_rows(x: Any, weight: Any, eps: float, out: Any) -> None:
    rows, width = x.shape
    for i in range(rows):
        total = 0.0
        for j in range(width):
            value = np.float64(x[i, j])
            total += value * value
        factor = 1.0 / np.sqrt(total / width + eps)
        for j in range(width):
            out[i, j] = x[i, j] * factor * weight[j]


_gate = numba.njit(_gate_rows, error_model="numpy")
_norm = numba.njit(_norm_rows, error_model="numpy")


def gate_compiled(ops: Ops, a: Array, b: Array) -> Array:
    """a * b * sigmoid(b), in one pass."""
    out = np.empty(a.shape, np.result_type(a, b))
    _gate(np.ravel(a), np.ravel(b), out.dtype.type(1), out.reshape(-1))
    return out


def rms_norm_compiled(x: Array, weight: Array, eps: float) -> Array:
    """x / sqrt(mean(x**2) + eps) * weight, the sum in float64."""
    out = np.empty(x.shape, x.dtype)
    width = x.shape[-1]
    _norm(np.ascontiguousarray(x).reshape(-1, width), weight, eps, out.reshape(-1, width))
    return out


RECIPE = Recipe(
    id="numba-kernels",
    target="glassbox",
    status="beyond",
    touches={"gate", "rms_norm"},
    shadows={"sigmoid"},
    needs={"numba": "numba>=0.61"},
    apply=lambda ops: replace(ops, gate=gate_compiled, rms_norm=rms_norm_compiled),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="another exponential and another order of summing, and the float16 rounding of activations turns a "
        "last-bit difference into a half-precision step",
    ),
    seam_equivalence=close(rtol=2e-6, atol=1e-30, why="another exponential, and another order of summing"),
)
