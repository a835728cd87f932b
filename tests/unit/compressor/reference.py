"""The byte transformer once more, in float64 numpy, one layer after the other, without torch's modules."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def probabilities(state: dict[str, Array], tokens: list[int], heads: int = 4, layers: int = 2) -> Array:
    """(256,) of the byte after `tokens`, at most as many as there are positions."""
    w = {name: value.astype(np.float64) for name, value in state.items()}
    x = w["embed.weight"][tokens] + w["positions.weight"][: len(tokens)]
    for i in range(layers):
        p = f"encoder.layers.{i}."
        n = _norm(x, w[f"{p}norm1.weight"], w[f"{p}norm1.bias"])
        q, k, v = np.split(n @ w[f"{p}self_attn.in_proj_weight"].T + w[f"{p}self_attn.in_proj_bias"], 3, axis=1)
        width = q.shape[1] // heads
        mixed = []
        for h in range(heads):
            part = slice(h * width, (h + 1) * width)
            scores = q[:, part] @ k[:, part].T / np.sqrt(width)
            scores[np.triu_indices(len(tokens), 1)] = -np.inf
            mixed.append(_softmax(scores) @ v[:, part])
        x = x + np.concatenate(mixed, 1) @ w[f"{p}self_attn.out_proj.weight"].T + w[f"{p}self_attn.out_proj.bias"]
        n = _norm(x, w[f"{p}norm2.weight"], w[f"{p}norm2.bias"])
        inner = np.maximum(n @ w[f"{p}linear1.weight"].T + w[f"{p}linear1.bias"], 0)
        x = x + inner @ w[f"{p}linear2.weight"].T + w[f"{p}linear2.bias"]
    return _softmax(x[-1] @ w["head.weight"].T + w["head.bias"])


def _norm(x: Array, weight: Array, bias: Array) -> Array:
    return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5) * weight + bias


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
