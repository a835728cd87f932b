"""The least that one call of a seam must do, from its arguments: matrix products, and the bytes that are read once.

Of `mask`, which may be kept, there is no least.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from perfkit.target import Cost

from ..spectral.costs import layers_cost, nbytes, total
from .model import Transformer
from .ops import Tensor

__all__ = ["COSTS", "encoder_cost"]


def encode(ops: Any, model: Transformer, ids: Tensor) -> Cost:
    """The bytes, and each row of the table that they name."""
    row = model.embed.weight.shape[1] * model.embed.weight.element_size()
    return Cost(operations=0, read=nbytes(ids) + len(set(ids.flatten().tolist())) * row)


def encoder_cost(layers: nn.TransformerEncoder, batch: int, length: int) -> Cost:
    """The matrices of every layer, and the scores and values of every pair that a causal mask leaves."""
    pairs = length * (length + 1) / 2
    operations, read = 0.0, 0.0
    for layer in layers.layers:
        attention = layer.self_attn
        weights = (attention.in_proj_weight, attention.out_proj.weight, layer.linear1.weight, layer.linear2.weight)
        operations += 2.0 * batch * length * sum(w.numel() for w in weights)
        operations += 4.0 * batch * pairs * attention.embed_dim
        read += sum(nbytes(w) for w in weights)
    return Cost(operations=operations, read=read)


def transform(model: Transformer, x: Tensor, mask: Tensor) -> Cost:
    """Every layer, and what it is given."""
    return total(nbytes(x), encoder_cost(model.layers, *x.shape[:2]))


def head(model: Transformer, x: Tensor) -> Cost:
    """One linear layer."""
    return total(nbytes(x), layers_cost(x.numel() // x.shape[-1], model.head))


def forward(ops: Any, model: Transformer, ids: Tensor) -> Cost:
    """All of these."""
    found = encode(ops, model, ids)
    return total(found.read, encoder_cost(model.layers, *ids.shape), layers_cost(ids.numel(), model.head))


COSTS: dict[str, Callable[..., Cost]] = {"encode": encode, "transform": transform, "head": head, "forward": forward}
