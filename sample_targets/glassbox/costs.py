"""The least that one call of a seam must do, from its arguments: what every element costs, however it is computed.

Bytes are those that are read: the operands once, whatever is made of them. Operations are what the formula has, with
one for each exponential and each root, which take a processor several, and none for a sign. Where a recipe may keep
what it has read (`get_w`, `quantize`, `rope_table`) there is no least.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from perfkit.target import Cost

from .ops import Array

__all__ = ["COSTS"]


def gate(ops: Any, a: Array, b: Array) -> Cost:
    """A product, an exponential, a sum and a quotient for each element: a * b / (1 + exp(-b))."""
    return Cost(operations=4 * a.size, read=a.nbytes + b.nbytes)


def sigmoid(x: Array) -> Cost:
    """An exponential, a sum and a quotient for each element."""
    return Cost(operations=3 * x.size, read=x.nbytes)


def rms_norm(x: Array, weight: Array, eps: float) -> Cost:
    """A square, its sum, and two products for each element."""
    return Cost(operations=4 * x.size, read=x.nbytes + weight.nbytes)


def contract(spec: str, a: Array, b: Array) -> Cost:
    """A multiply-add for each combination of indices."""
    left, right = spec.partition("->")[0].split(",")
    extent = dict(zip((*left, *right), (*a.shape, *b.shape), strict=True))
    return Cost(operations=2 * prod(extent.values()), read=a.nbytes + b.nbytes)


def linear(ops: Any, pools: Any, x: Array, w: Array, name: str) -> Cost:
    """A multiply-add for each row of x and each weight."""
    return Cost(operations=2 * (x.size // x.shape[-1]) * w.size, read=x.nbytes + w.nbytes)


def attend(ops: Any, q: Array, k: Array, v: Array, start: int) -> Cost:
    """Scores and values of every pair of query and key that the mask leaves."""
    batch, heads, length, width = q.shape
    pairs = length * start + length * (length + 1) / 2
    return Cost(operations=4 * batch * heads * width * pairs, read=q.nbytes + k.nbytes + v.nbytes)


COSTS: dict[str, Callable[..., Cost]] = {
    "gate": gate,
    "sigmoid": sigmoid,
    "rms_norm": rms_norm,
    "contract": contract,
    "linear": linear,
    "attend": attend,
}
