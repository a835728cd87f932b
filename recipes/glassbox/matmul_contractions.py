"""Write the contractions as matrix products.

What it does
    Turns the three contractions of the engine (scores, values, logits) into `np.matmul` with transposed views. Any
    other goes to einsum with its planner.

Why the baseline is slow
    Without `optimize`, einsum walks the operands with one general C loop and never reaches BLAS.

When it loses
    Products of one row against a short cache are as fast in the loop. The notation no longer says what is summed.

Source
    Beyond the notes, which name `np.matmul` as the other way out of the einsum trap (2024-05-23).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.ops import Array


def _logits(a: Array, b: Array) -> Array:
    """(B, T, D) by (V, D): one product of all rows."""
    result: Array = np.matmul(a.reshape(-1, a.shape[-1]), b.T).reshape(*a.shape[:-1], b.shape[0])
    return result


PRODUCTS: dict[str, Callable[[Array, Array], Array]] = {
    "bhtd,bhsd->bhts": lambda a, b: np.matmul(a, b.swapaxes(-1, -2)),
    "bhts,bhsd->bhtd": np.matmul,
    "btd,vd->btv": _logits,
}


def contract_by_matmul(spec: str, a: Array, b: Array) -> Array:
    """The same contraction, as a matrix product."""
    product = PRODUCTS.get(spec)
    if product is None:
        planned: Array = np.einsum(spec, a, b, optimize=True)
        return planned
    return product(a, b)


RECIPE = Recipe(
    id="matmul-contractions",
    target="glassbox",
    status="beyond",
    touches={"contract"},
    apply=lambda ops: replace(ops, contract=contract_by_matmul),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        why="BLAS sums in another order, and the float16 rounding of activations turns a last-bit difference into a "
        "half-precision step",
    ),
    seam_equivalence=close(rtol=2e-5, atol=2e-5, why="BLAS sums in another order"),
)
