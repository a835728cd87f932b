"""Attend by `scaled_dot_product_attention` with `is_causal`, without a mask.

What it does
    Writes the layers out for inference: one product for queries, keys and values, torch's fused attention, which
    is told that it is causal and skips what no position may see, then the documented order of norms. Training keeps the
    documented layers, whose dropout of attention has another order of random numbers.

Why the baseline is slow
    It makes a mask of T x T numbers in every call, computes all scores, adds the mask, and keeps scores and shares in
    memory.

When it loses
    For short windows attention is little beside the products, and torch's own fused layer, which the documented form
    runs on, has fewer calls.

Source
    Beyond the notes, which measure the traditional model as it is.
"""

from __future__ import annotations

from dataclasses import replace

from torch.nn import functional as F

from perfkit.recipe import Recipe, close

from ...sample_targets.traditional.model import Transformer
from ...sample_targets.traditional.ops import Tensor, transform


def transform_fused(model: Transformer, x: Tensor, mask: Tensor) -> Tensor:
    """Hidden states (B, T, D), causal as the caller's mask is."""
    if model.training:
        return transform(model, x, mask)
    batch, length, width = x.shape
    heads = model.config.heads
    for layer in model.layers.layers:
        attention = layer.self_attn
        parts = F.linear(x, attention.in_proj_weight, attention.in_proj_bias)
        q, k, v = parts.view(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)  # (B, heads, T, hd) each
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = layer.norm1(x + attention.out_proj(mixed.transpose(1, 2).reshape(batch, length, width)))
        x = layer.norm2(x + layer.linear2(F.relu(layer.linear1(x))))
    return x


RECIPE = Recipe(
    id="sdpa",
    target="traditional",
    status="beyond",
    touches={"transform"},
    apply=lambda ops: replace(ops, transform=transform_fused),
    equivalence=close(rtol=1e-4, atol=2e-5, why="fused attention adds up in another order"),
    seam_equivalence=close(rtol=1e-4, atol=2e-5, why="fused attention adds up in another order"),
)
