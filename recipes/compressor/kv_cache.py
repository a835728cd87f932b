"""Keep the keys and values of earlier bytes, in blocks of 128.

What it does
    Each byte passes the layers alone and looks at what the block's earlier bytes left. All streams pass side by side,
    in one product. With learned absolute positions a cache cannot slide, so the context begins anew every 128 bytes,
    as in `block-context`.

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

    @torch.inference_mode()
    def predict(self) -> Tensor:
        """(L, 256): probabilities of the next byte of each stream. Once for each byte."""
        model, (lanes, heads, width), t = self.model, self.shape, self.position
        x = model.embed.weight[self.symbols] + model.positions.weight[t]  # (L, D)
        for layer, cache in zip(model.encoder.layers, self.cache, strict=True):
            attention = layer.self_attn
            normed = F.layer_norm(x, x.shape[1:], layer.norm1.weight, layer.norm1.bias, layer.norm1.eps)
            parts = F.linear(normed, attention.in_proj_weight, attention.in_proj_bias).view(lanes, 3, heads, width)
            cache[0, :, :, t], cache[1, :, :, t] = parts[:, 1], parts[:, 2]
            keys, values = cache[0, :, :, : t + 1], cache[1, :, :, : t + 1]  # (L, heads, t + 1, width)
            scores = torch.matmul(parts[:, 0].unsqueeze(2) * self.scale, keys.transpose(2, 3))  # (L, heads, 1, t + 1)
            mixed = torch.matmul(torch.softmax(scores, -1), values).reshape(lanes, -1)  # (L, D)
            x = x + F.linear(mixed, attention.out_proj.weight, attention.out_proj.bias)
            normed = F.layer_norm(x, x.shape[1:], layer.norm2.weight, layer.norm2.bias, layer.norm2.eps)
            inner = F.relu(F.linear(normed, layer.linear1.weight, layer.linear1.bias))
            x = x + F.linear(inner, layer.linear2.weight, layer.linear2.bias)
        return torch.softmax(F.linear(x, model.head.weight, model.head.bias), -1)

    def extend(self, symbols: Sequence[int]) -> None:
        """Add one byte to each of the first len(symbols) streams."""
        self.position = (self.position + 1) % self.model.config.context
        if self.position:
            self.symbols[: len(symbols)] = torch.tensor(symbols, dtype=torch.int64)
        else:
            self.symbols.zero_()


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
