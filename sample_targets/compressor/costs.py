"""The least that one call of a seam must do, from its arguments.

Operations are those of floating-point numbers, a multiply-add two; bytes are those that are read, each weight once. Of
what may be kept (`position_index`, `positions`, `mask`) there is no least, nor of whole numbers and bits, whose size
is a matter of what holds them (`tokens`, `find`, `pack`, `unpack`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perfkit.target import Cost

from .model import ByteTransformer, Config
from .ops import Tensor

__all__ = ["COSTS", "cost_of_a_byte"]


def cost_of_a_byte(positions: int, config: Config | None = None) -> Cost:
    """What one prediction must do at least, with the keys and values of `positions` earlier bytes at hand."""
    c = config or Config()
    weights = _matrices(c) + c.width * c.vocab
    attention = c.layers * 2 * positions * c.width
    return Cost(operations=2.0 * (weights + attention), read=4.0 * (weights + attention))


def _matrices(c: Config) -> int:
    """Weights of all layers."""
    return c.layers * (4 * c.width**2 + 2 * c.width * c.ff)


def predict(ops: Any, model: ByteTransformer, history: Sequence[int]) -> Cost:
    """One byte, where the keys and values of all before it have been kept."""
    return cost_of_a_byte(min(len(history), model.config.context) - 1, model.config)


def transform(model: ByteTransformer, x: Tensor, mask: Tensor) -> Cost:
    """The matrices of every layer, and the scores and values of every pair that the mask leaves."""
    batch, length, width = x.shape
    matrices, pairs = _matrices(model.config), length * (length + 1) / 2
    operations = 2.0 * batch * length * matrices + 4.0 * batch * model.config.layers * pairs * width
    return Cost(operations=operations, read=x.element_size() * (x.numel() + matrices))


def head(model: ByteTransformer, hidden: Tensor) -> Cost:
    """One linear layer, for the one position that is read."""
    weights, rows = model.config.width * model.config.vocab, hidden.shape[0]
    return Cost(operations=2.0 * rows * weights, read=hidden.element_size() * (weights + rows * hidden.shape[2]))


def frequencies(probabilities: Tensor) -> Cost:
    """Two sums for each probability, one of them over all, a quotient, a product, and the whole number below."""
    return Cost(operations=5 * probabilities.numel(), read=probabilities.element_size() * probabilities.numel())


COSTS: dict[str, Callable[..., Cost]] = {
    "predict": predict,
    "transform": transform,
    "head": head,
    "frequencies": frequencies,
}
