"""The trap of a microbenchmark that feeds on what it left, as two programs: in place, and as it should be measured.

`gate_in_place` is the activation of the notes behind the recipe inplace-swiglu: each call on the same array multiplies
what the last one left, so that the numbers shrink until they are subnormal, and then 0. `weights_in_place` is the same
for an exponential: log-weights that decay by 1 a call, as of a running average, whose weights go subnormal in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["gate", "gate_in_place", "make_gate", "make_weights", "weights_in_place"]

Array = NDArray[Any]

_GATE = (1, 16, 2048)  # float32: what the glass-box engine passes in a forward pass
_LOGS = 16_384  # float64


def make_gate(rng: np.random.Generator) -> tuple[Array, Array]:
    """Two projections of one feed-forward layer."""
    return tuple(0.5 * rng.standard_normal(_GATE, dtype=np.float32) for _ in range(2))  # type: ignore[return-value]


def gate(a: Array, b: Array) -> Array:
    """a * b * sigmoid(b), in new memory."""
    result: Array = a * b * _sigmoid(b)
    return result


def gate_in_place(a: Array, b: Array) -> Array:
    """a * b * sigmoid(b), in the memory of a."""
    np.multiply(a, b, out=a)
    np.multiply(a, _sigmoid(b), out=a)
    return a


def _sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), as the glass-box engine has it."""
    out = np.empty_like(x)
    positive = x >= 0
    out[positive] = 1.0 / (1.0 + np.exp(-x[positive]))
    small = np.exp(x[~positive])
    out[~positive] = small / (1.0 + small)
    return out


def make_weights(rng: np.random.Generator) -> tuple[Array, Array]:
    """Log-weights that are far from where the exponential goes subnormal, at -708; and memory for their weights."""
    return rng.uniform(-601.0, -600.0, _LOGS), np.empty(_LOGS)


def weights_in_place(logs: Array, out: Array) -> Array:
    """exp(logs - 1), where the logs decay by 1 with each call."""
    logs -= 1.0
    return np.exp(logs, out=out)
