"""The least that one call of a seam must do, from its arguments, as the cheapest form that is known here would do it.

Bytes are those that are read: what is given, and each weight once. Of matrices every multiply-add counts as two; of
what is done element by element there is no word where matrices stand beside it. A transform of n real numbers is
2.5 n log2 n operations, as FFTW counts them. Where nothing need be done (`whole_spectrum`, which nobody reads) or what
was done may be kept (`twiddles`) there is no least.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2
from typing import Any

from torch import nn

from perfkit.target import Cost

from .model import Block, ByteEncoder, SpectralMix, SpectralModel
from .ops import Tensor, bins

__all__ = ["COSTS", "causal_costs", "layers_cost", "nbytes", "total", "transform"]


def nbytes(tensor: Tensor) -> int:
    """Bytes of a tensor's numbers."""
    return tensor.numel() * tensor.element_size()


def transform(length: int) -> float:
    """Operations of a transform of that many real numbers, or back to them."""
    return 2.5 * length * log2(max(1, length))


def layers_cost(rows: int, *layers: nn.Module) -> Cost:
    """Every weight of linear layers multiplies every row once."""
    weights: list[Tensor] = [layer.weight for layer in layers]  # type: ignore[misc]
    return Cost(operations=2.0 * rows * sum(w.numel() for w in weights), read=sum(map(nbytes, weights)))


def total(read: float, *parts: Cost) -> Cost:
    """Parts together, whose own arguments need not be read: `read` bytes come from without."""
    return Cost(operations=sum(p.operations for p in parts), read=read + sum(p.read for p in parts))


def signal(ids: Tensor) -> Cost:
    """A quotient and a difference for each byte."""
    return Cost(operations=2 * ids.numel(), read=nbytes(ids))


def features(ops: Any, bands: Tensor, signal: Tensor, width: int) -> Cost:
    """One transform a window; then sine and cosine of each bin turned to each position, two products and a sum."""
    batch, length = signal.shape
    k = bins(length, width)
    turned = min(width, 3 * k) - k  # columns of sines and cosines that are not cut off
    operations = batch * (transform(length) + 3 * length * turned)
    return Cost(operations=operations, read=nbytes(signal) + k * bands.element_size())


def features_of_prefixes(ops: Any, bands: Tensor, signal: Tensor, width: int) -> Cost:
    """The next byte's term is added to each bin, its size taken and weighed; then sine and cosine as in `features`."""
    batch, length = signal.shape
    k = bins(length, width)
    turned = min(width, 3 * k) - k
    # a product and a sum for each part; two squares, their sum, a root and a weight; a quotient for each column
    operations = batch * length * (4 * k + 5 * k + 4 * turned)
    return Cost(operations=operations, read=nbytes(signal) + k * bands.element_size())


def project(encoder: ByteEncoder, features: Tensor) -> Cost:
    """Two linear layers."""
    rows = features.numel() // features.shape[-1]
    return total(nbytes(features), layers_cost(rows, encoder.wide, encoder.narrow))


def mix(mix: SpectralMix, x: Tensor) -> Cost:
    """A transform of each channel and one back, and a complex product for each bin that is kept."""
    batch, length, width = x.shape
    k = bins(length, width)
    return _mixed(mix, x, batch * width * (2 * transform(length) + 6 * k), k)


def mix_of_prefixes(mix: SpectralMix, x: Tensor) -> Cost:
    """The same of channels that are padded to twice their length; the transform of the weights may be kept."""
    batch, length, width = x.shape
    operations = batch * width * (2 * transform(2 * length) + 6 * length)
    return _mixed(mix, x, operations, bins(length, width))


def _mixed(mix: SpectralMix, x: Tensor, operations: float, k: int) -> Cost:
    weights = 2 * mix.real.shape[0] * k * mix.real.element_size()
    return Cost(operations=operations + x.numel(), read=nbytes(x) + weights + nbytes(mix.bias))


def inner(block: Block, x: Tensor) -> Cost:
    """Two linear layers."""
    return total(nbytes(x), layers_cost(x.numel() // x.shape[-1], block.wide, block.narrow))


def head(model: SpectralModel, x: Tensor) -> Cost:
    """One linear layer."""
    return total(nbytes(x), layers_cost(x.numel() // x.shape[-1], model.head))


def encode(ops: Any, encoder: ByteEncoder, ids: Tensor) -> Cost:
    """The linear layers of `project`, and the bytes."""
    return total(nbytes(ids), layers_cost(ids.numel(), encoder.wide, encoder.narrow))


def forward(ops: Any, model: SpectralModel, ids: Tensor) -> Cost:
    """The linear layers of all blocks; what transforms and mixes need is little beside."""
    layers = [layer for block in model.blocks for layer in (block.wide, block.narrow)]
    every = layers_cost(ids.numel(), model.encoder.wide, model.encoder.narrow, *layers, model.head)
    return total(nbytes(ids), every)


COSTS: dict[str, Callable[..., Cost]] = {
    "signal": signal,
    "features": features,
    "project": project,
    "mix": mix,
    "inner": inner,
    "head": head,
    "encode": encode,
    "forward": forward,
}


def causal_costs() -> dict[str, Callable[..., Cost]]:
    """Those of the causal model, of which two seams are others."""
    return {**COSTS, "features": features_of_prefixes, "mix": mix_of_prefixes}
