"""The same model in plain torch: what a reader would write there, run eagerly.

What it does
    Keeps the weights as float32 tensors, and computes with `F.linear`, `F.rms_norm`, `F.silu` and
    `F.scaled_dot_product_attention`. Weights that are replaced are converted anew; the cache stays in NumPy arrays.

Why the baseline is slow
    It is the documented engine; this is a measure for what its recipes reach together, not a change of one line.

When it loses
    A small model is bound by the overhead of a call, of which torch has some microseconds for each operation.

Source
    Beyond the notes: a reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from perfkit.recipe import Recipe, close

from ...sample_targets.glassbox.model import floats
from ...sample_targets.glassbox.ops import BASELINE, Array, Cache, Model, Ops, Weight, get_w, rope_table

__all__ = ["RECIPE", "compute", "in_torch"]


Tensor = torch.Tensor
Compute = Callable[..., tuple[Tensor, list[Tensor], list[Tensor]]]


class _Tensors:
    """Weights and tables as tensors, converted when they are new."""

    def __init__(self) -> None:
        self._stored: dict[str, Weight] = {}
        self._weights: dict[str, Tensor] = {}
        self._tables: dict[tuple[int, float], tuple[Tensor, Tensor]] = {}

    def weights(self, model: Model) -> dict[str, Tensor]:
        for name, stored in model.weights.items():
            if self._stored.get(name) is not stored:
                self._stored[name] = stored
                self._weights[name] = torch.tensor(get_w(BASELINE, model.weights, name))
                if name == "embed":
                    self._weights["looked up"] = torch.tensor(floats(stored))  # its rows are not quantised
        return self._weights

    def table(self, length: int, head_dim: int, base: float) -> tuple[Tensor, Tensor]:
        held = self._tables.get((head_dim, base))
        if held is None or len(held[0]) < length:
            cos, sin = rope_table(0, length, head_dim, base)
            held = self._tables[head_dim, base] = torch.tensor(cos), torch.tensor(sin)
        return held


def in_torch(compute: Compute) -> Callable[[Ops, Model, Any, Cache], Array]:
    """A forward that remembers its tensors; one for each model."""
    tensors = _Tensors()

    def forward_torch(ops: Ops, model: Model, ids: Any, cache: Cache) -> Array:
        c = model.config
        start, length = cache.keys[0].shape[2], ids.shape[1]
        with torch.inference_mode():
            table = tensors.table(start + length, c.head_dim, c.rope_base)
            cos, sin = (t[start : start + length] for t in table)
            visible = None
            if length > 1:
                visible = torch.ones(length, start + length, dtype=torch.bool).tril(start)
            keys, values = ([_as_tensor(a) for a in held] for held in (cache.keys, cache.values))
            tokens = torch.from_numpy(np.ascontiguousarray(ids, np.int64))
            logits, keys, values = compute(c, tensors.weights(model), tokens, keys, values, cos, sin, visible)
            cache.keys[:], cache.values[:] = [k.numpy() for k in keys], [v.numpy() for v in values]
            result: Array = logits.numpy()
        return result

    return forward_torch


def _as_tensor(held: Array) -> Tensor:
    return torch.from_numpy(held if held.flags.writeable else held.copy()).float()


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


def compute(
    c: Any,
    w: dict[str, Tensor],
    ids: Tensor,
    keys: list[Tensor],
    values: list[Tensor],
    cos: Tensor,
    sin: Tensor,
    visible: Tensor | None,
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """Logits (B, T, V) of ids (B, T), and the keys and values (B, KV, S, hd) of each layer, longer by T."""
    batch, length = ids.shape
    groups = c.heads // c.kv_heads

    def rounded(x: Tensor) -> Tensor:
        return x if c.quantisation == "none" else x.half().float()

    def normed(x: Tensor, name: str) -> Tensor:
        return rounded(F.rms_norm(x, (c.width,), w[name], c.eps))

    def heads(x: Tensor) -> Tensor:
        return x.view(batch, length, -1, c.head_dim).transpose(1, 2)

    x = rounded(F.embedding(ids, w["looked up"]))
    new_keys, new_values = [], []
    for i in range(c.layers):
        n = normed(x, f"layers.{i}.attn_norm")
        q, k, v = (heads(F.linear(n, w[f"layers.{i}.{name}"])) for name in ("wq", "wk", "wv"))
        new_keys.append(torch.cat((keys[i], _turned(k, cos, sin)), dim=2))
        new_values.append(torch.cat((values[i], v), dim=2))
        k, v = (t.repeat_interleave(groups, dim=1) for t in (new_keys[i], new_values[i]))
        y = F.scaled_dot_product_attention(_turned(q, cos, sin), k, v, attn_mask=visible)
        x = x + F.linear(y.transpose(1, 2).reshape(batch, length, c.width), w[f"layers.{i}.wo"])
        n = normed(x, f"layers.{i}.mlp_norm")
        gated = F.linear(n, w[f"layers.{i}.w1"]) * F.silu(F.linear(n, w[f"layers.{i}.w2"]))
        x = x + F.linear(gated, w[f"layers.{i}.w3"])
    return F.linear(normed(x, "norm"), w["embed"]), new_keys, new_values


RECIPE = Recipe(
    id="torch-eager",
    target="glassbox",
    status="reference",
    needs={"torch": "torch>=2.4"},
    touches={"forward"},
    shadows={
        "attend",
        "contract",
        "extend_kv",
        "gate",
        "gate_up",
        "get_w",
        "head",
        "project",
        "qkv",
        "quantize",
        "rms_norm",
        "rope_table",
    },
    apply=lambda ops: replace(ops, forward=in_torch(compute)),
    equivalence=close(
        rtol=1e-3,
        atol=2e-3,
        dtype_change=True,
        why="float32 throughout, other kernels, and the float16 rounding of activations turns a last-bit difference "
        "into a half-precision step",
    ),
)
