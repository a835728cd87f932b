"""One training step of the glass-box engine, with the backward pass written out by hand.

The forward pass below is that of `Engine.forward` without a cache; it keeps what the backward pass needs. Contractions
go through the seam `contract`, projections of the forward pass through `project`, and so on, so that every recipe acts
here too; `gate` and `attend` are spelled out, because their insides are needed later.

Letters: B batch, T positions, D width, H query heads, KV key/value heads, hd width of a head, F feed-forward width,
V vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .model import Engine, rotate
from .ops import Array

__all__ = ["RATE", "Step", "gradients", "moved", "train_step"]

RATE = 1e-4  # of plain stochastic gradient descent, as documented

Gradients = dict[str, Array]


@dataclass
class Layer:
    """What the backward pass of one layer reads again."""

    x: Array  # (B, T, D), before attention
    n: Array  # (B, T, D), normed
    turn: tuple[Array, Array]  # cosine and sine (T, hd/2) of each position
    q: Array  # (B, H, T, hd), turned
    k: Array  # (B, H, T, hd), turned and repeated
    v: Array  # (B, H, T, hd), repeated
    shares: Array  # (B, H, T, T)
    y: Array  # (B, T, D), what attention gave
    x2: Array = field(init=False)  # (B, T, D), before the feed-forward part
    n2: Array = field(init=False)  # (B, T, D), normed
    a: Array = field(init=False)  # (B, T, F)
    b: Array = field(init=False)  # (B, T, F)
    s: Array = field(init=False)  # (B, T, F), sigmoid of b


@dataclass(frozen=True)
class Step:
    """The loss before the step, and the gradient that the step went down."""

    loss: float
    gradients: Gradients


def train_step(engine: Engine, tokens: npt.ArrayLike, rate: float = RATE) -> Step:
    """Predict each next token of tokens (B, T), the last one's being the first, and go down the gradient."""
    loss, found = gradients(engine, tokens)
    for name, gradient in found.items():
        engine.set_weight(name, moved(engine.ops.get_w(engine.ops, engine.weights, name), gradient, rate))
    return Step(loss, found)


def moved(weight: Any, gradient: Array, rate: float = RATE) -> Array:
    """A plain weight one step down its gradient, in float32."""
    result: Array = weight - np.float32(rate) * gradient.astype(np.float32)
    return result


def gradients(engine: Engine, tokens: npt.ArrayLike) -> tuple[float, Gradients]:
    """Mean cross-entropy of tokens (B, T) against the same, rolled by one, and its gradient by every weight.

    Raises ValueError for quantised weights, whose rounding has no gradient.
    """
    c, ops = engine.config, engine.ops
    if c.quantisation != "none":
        raise ValueError(f"training needs plain weights (quantisation 'none'), not {c.quantisation}")
    ids = engine.checked(tokens)
    embed = ops.get_w(ops, engine.weights, "embed")  # (V, D)
    x = embed[ids]  # (B, T, D)
    layers = []
    for i in range(c.layers):
        layer = _attention(engine, i, x)
        x = x + ops.project(ops, engine.pools, layer.y, engine.weights, f"layers.{i}.wo")
        x = x + _feed_forward(engine, i, x, layer)
        layers.append(layer)
    last = ops.rms_norm(x, ops.get_w(ops, engine.weights, "norm"), c.eps)
    logits = ops.head(ops, last, engine.weights)  # (B, T, V)

    loss, d_logits = _cross_entropy(logits, np.roll(ids, -1, axis=1))
    found: Gradients = {"embed": ops.contract("btv,btd->vd", d_logits, last)}
    d_last = ops.contract("btv,vd->btd", d_logits, embed)
    dx = _norm_backward(engine, "norm", x, d_last, found)
    for i in reversed(range(c.layers)):
        dx = _feed_forward_backward(engine, i, layers[i], dx, found)
        dx = _attention_backward(engine, i, layers[i], dx, found)
    np.add.at(found["embed"], ids, dx)  # the input looked the same matrix up
    # all of it was of the sum, which keeps the numbers on the way well above rounding; the loss is the mean
    return loss, {name: gradient / ids.size for name, gradient in found.items()}


def _cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """The mean of -log softmax(logits)[target], and the gradient of the sum by the logits (B, T, V)."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    shares = np.exp(shifted)
    total = shares.sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(shifted, targets[..., None], axis=-1)
    loss = float(np.mean(np.log(total) - picked))
    shares /= total
    at = targets[..., None]
    np.put_along_axis(shares, at, np.take_along_axis(shares, at, axis=-1) - 1, axis=-1)
    return loss, shares


def _attention(engine: Engine, i: int, x: Array) -> Layer:
    """Attention of layer i over x alone, up to the output projection."""
    c, ops = engine.config, engine.ops
    n = ops.rms_norm(x, ops.get_w(ops, engine.weights, f"layers.{i}.attn_norm"), c.eps)
    q, k, v = map(engine.split, ops.qkv(ops, engine.pools, n, engine.weights, f"layers.{i}"))
    groups, length = c.heads // c.kv_heads, x.shape[1]
    q = rotate(q, *engine.turn(0, length))  # (B, H, T, hd)
    turn = engine.turn(0, length)  # of the keys; the backward pass reads it again, and asks for no other
    k = np.repeat(rotate(k, *turn), groups, axis=1)
    v = np.repeat(v, groups, axis=1)
    scores = ops.contract("bhtd,bhsd->bhts", q, k) / ops.score_scale(c.head_dim)
    scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    y = ops.contract("bhts,bhsd->bhtd", shares, v)
    return Layer(x=x, n=n, turn=turn, q=q, k=k, v=v, shares=shares, y=y.transpose(0, 2, 1, 3).reshape(x.shape))


def _feed_forward(engine: Engine, i: int, x: Array, layer: Layer) -> Array:
    """The feed-forward part of layer i."""
    ops = engine.ops
    layer.x2 = x
    layer.n2 = ops.rms_norm(x, ops.get_w(ops, engine.weights, f"layers.{i}.mlp_norm"), engine.config.eps)
    layer.a, layer.b = ops.gate_up(ops, engine.pools, layer.n2, engine.weights, f"layers.{i}")
    layer.s = ops.sigmoid(layer.b)
    gated = layer.a * layer.b * layer.s
    return ops.project(ops, engine.pools, gated, engine.weights, f"layers.{i}.w3")


def _norm_backward(engine: Engine, name: str, x: Array, dy: Array, found: Gradients) -> Array:
    """Through y = x * r * weight with r = (mean(x**2) + eps)**-0.5."""
    weight = engine.ops.get_w(engine.ops, engine.weights, name)
    r = 1 / np.sqrt(np.mean(np.square(x, dtype=np.float64), axis=-1, keepdims=True) + engine.config.eps)
    found[name] = np.sum(dy * x * r, axis=(0, 1))
    g = dy * weight
    dx: Array = (r * g - x * r**3 * np.mean(g * x, axis=-1, keepdims=True)).astype(dy.dtype)
    return dx


def _project_backward(engine: Engine, name: str, x: Array, dy: Array, found: Gradients) -> Array:
    """Through y = x @ w.T."""
    ops = engine.ops
    found[name] = ops.contract("bto,bti->oi", dy, x)
    return ops.contract("bto,oi->bti", dy, ops.get_w(ops, engine.weights, name))


def _feed_forward_backward(engine: Engine, i: int, layer: Layer, dx: Array, found: Gradients) -> Array:
    a, b, s = layer.a, layer.b, layer.s
    dz = _project_backward(engine, f"layers.{i}.w3", a * b * s, dx, found)
    da, db = dz * b * s, dz * a * (s + b * s * (1 - s))
    dn = _project_backward(engine, f"layers.{i}.w1", layer.n2, da, found)
    dn = dn + _project_backward(engine, f"layers.{i}.w2", layer.n2, db, found)
    return dx + _norm_backward(engine, f"layers.{i}.mlp_norm", layer.x2, dn, found)


def _attention_backward(engine: Engine, i: int, layer: Layer, dx: Array, found: Gradients) -> Array:
    c, ops = engine.config, engine.ops
    cos, sin = layer.turn
    dy = engine.split(_project_backward(engine, f"layers.{i}.wo", layer.y, dx, found))  # (B, H, T, hd)
    d_shares = ops.contract("bhtd,bhsd->bhts", dy, layer.v)
    dv = ops.contract("bhts,bhtd->bhsd", layer.shares, dy)
    scores = layer.shares * (d_shares - np.sum(d_shares * layer.shares, axis=-1, keepdims=True))
    scores /= ops.score_scale(c.head_dim)
    dq = rotate(ops.contract("bhts,bhsd->bhtd", scores, layer.k), cos, -sin)
    dk = rotate(_fold(ops.contract("bhts,bhtd->bhsd", scores, layer.q), c.kv_heads), cos, -sin)
    dn: Array | int = 0
    for name, gradient in (("wq", dq), ("wk", dk), ("wv", _fold(dv, c.kv_heads))):
        dn = dn + _project_backward(engine, f"layers.{i}.{name}", layer.n, _merge(gradient), found)
    return dx + _norm_backward(engine, f"layers.{i}.attn_norm", layer.x, np.asarray(dn), found)


def _fold(x: Array, kv_heads: int) -> Array:
    """Add up what the query heads of a group send back: (B, H, T, hd) -> (B, KV, T, hd)."""
    batch, heads, length, width = x.shape
    folded: Array = x.reshape(batch, kv_heads, heads // kv_heads, length, width).sum(axis=2)
    return folded


def _merge(x: Array) -> Array:
    """Heads side by side: (B, H, T, hd) -> (B, T, H*hd)."""
    batch, heads, length, width = x.shape
    return x.transpose(0, 2, 1, 3).reshape(batch, length, heads * width)
