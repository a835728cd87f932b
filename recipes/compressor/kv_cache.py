"""Keep the keys and values of earlier bytes, in blocks of 128.

What it does
    Each byte passes the layers alone and looks at what the block's earlier bytes left. All streams pass side by side,
    in one product, by weights that are laid out for it once for each file. With learned absolute positions a cache
    cannot slide, so the context begins anew every 128 bytes, as in `block-context`.

Why the baseline is slow
    It passes all 128 bytes of the context through the layers again for every byte.

When it loses
    In compression, as `block-context` does: the ratio is in the same row.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch.nn import functional as F

from perfkit.recipe import Recipe, new_format

from ...sample_targets.compressor.model import ByteTransformer
from ...sample_targets.compressor.ops import Context, Ops, Tensor, stream


class CachedBlocks:
    """The byte under way of each stream, and keys and values of those before it in its block."""

    def __init__(self, model: ByteTransformer, lanes: int) -> None:
        config = model.config
        self.model = model
        self.shape = (lanes, config.heads, config.width // config.heads)
        self.scale = self.shape[2] ** -0.5
        cache = (config.layers, 2, *self.shape[:2], config.context, self.shape[2])
        self.cache = torch.zeros(cache)  # (layers, keys and values, L, heads, T, width of a head)
        self.symbols = torch.zeros(lanes, dtype=torch.int64)
        self.position = 0
        self.head = _laid_out(model.head.weight, model.head.bias)
        self.layers = [
            (
                layer,
                _laid_out(layer.self_attn.in_proj_weight, layer.self_attn.in_proj_bias),
                _laid_out(layer.self_attn.out_proj.weight, layer.self_attn.out_proj.bias),
                _laid_out(layer.linear1.weight, layer.linear1.bias),
                _laid_out(layer.linear2.weight, layer.linear2.bias),
            )
            for layer in model.encoder.layers
        ]

    @torch.inference_mode()
    def predict(self) -> Tensor:
        """(L, 256): probabilities of the next byte of each stream. Once for each byte."""
        model, (lanes, heads, width), t = self.model, self.shape, self.position
        x = model.embed.weight[self.symbols] + model.positions.weight[t]  # (L, D)
        for (layer, into, out, wide, narrow), cache in zip(self.layers, self.cache, strict=True):
            normed = F.layer_norm(x, x.shape[1:], layer.norm1.weight, layer.norm1.bias, layer.norm1.eps)
            parts = _product(normed, into).view(lanes, 3, heads, width)
            cache[0, :, :, t], cache[1, :, :, t] = parts[:, 1], parts[:, 2]
            keys, values = cache[0, :, :, : t + 1], cache[1, :, :, : t + 1]  # (L, heads, t + 1, width)
            scores = torch.matmul(parts[:, 0].unsqueeze(2) * self.scale, keys.transpose(2, 3))  # (L, heads, 1, t + 1)
            mixed = torch.matmul(torch.softmax(scores, -1), values).reshape(lanes, -1)  # (L, D)
            x = x + _product(mixed, out)
            normed = F.layer_norm(x, x.shape[1:], layer.norm2.weight, layer.norm2.bias, layer.norm2.eps)
            x = x + _product(F.relu(_product(normed, wide)), narrow)
        return torch.softmax(_product(x, self.head), -1)

    def extend(self, symbols: Sequence[int]) -> None:
        """Add one byte to each of the first len(symbols) streams."""
        self.position = (self.position + 1) % self.model.config.context
        if self.position:
            self.symbols[: len(symbols)] = torch.tensor(symbols, dtype=torch.int64)
        else:
            self.symbols.zero_()


def _laid_out(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Of a linear layer (out, in): the bias, and the weights as (in, out), which a few rows multiply by faster."""
    return bias.detach(), weight.detach().t().contiguous()


def _product(x: Tensor, laid_out: tuple[Tensor, Tensor]) -> Tensor:
    bias, weight = laid_out
    return torch.addmm(bias, x, weight)


@stream("cached-blocks")
def context_cached(ops: Ops, model: ByteTransformer, lanes: int) -> Context:
    """A new context of `lanes` streams."""
    return CachedBlocks(model, lanes)


RECIPE = Recipe(
    id="kv-cache",
    target="compressor",
    status="beyond",
    touches={"context"},
    shadows={"predict"},
    apply=lambda ops: replace(ops, context=context_cached),
    equivalence=new_format({"stream"}, why="other contexts give another stream; what comes back must be the same"),
)
