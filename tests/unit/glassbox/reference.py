"""The glass-box decoder once more, in float64, one token and one head at a time.

Written to share no method with the model: loops instead of batched products, RoPE as a complex
rotation, one softmax a query over just the keys it may see, no cache, no threads.
"""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from perfkit.sample_targets.glassbox.model import Config, Simulated

Vector = Any  # float64 (n,)


def dequantised(weights: dict[str, Any]) -> dict[str, Any]:
    """Every weight as float64, rounded to a whole number of steps of which the largest is 2**(bits-1) - 1."""
    return {name: _rounded_weight(w) if isinstance(w, Simulated) else w.astype(float) for name, w in weights.items()}


def _rounded_weight(weight: Simulated) -> Any:
    exact = weight.floats.astype(float)
    step = float(np.abs(exact).max()) / (2 ** (weight.bits - 1) - 1)
    return np.rint(exact / step) * step


def logits(config: Config, weights: dict[str, Any], tokens: Any) -> Any:
    """(B, T, V) float64 for tokens (B, T)."""
    w = dequantised(weights)
    embed = weights["embed"]  # looked up as it is kept, quantised as the output head
    w["rows"] = (embed.floats if isinstance(embed, Simulated) else embed).astype(float)
    return np.stack([np.stack(_sequence(config, w, list(map(int, row)))) for row in tokens])


def _sequence(config: Config, w: dict[str, Any], tokens: list[int]) -> list[Vector]:
    stream = [_rounded(config, w["rows"][token]) for token in tokens]
    for layer in range(config.layers):
        part = {name.split(".")[-1]: w[name] for name in w if name.startswith(f"layers.{layer}.")}
        normed = [_norm(config, x, part["attn_norm"]) for x in stream]
        stream = [x + y for x, y in zip(stream, _attention(config, part, normed), strict=True)]
        normed = [_norm(config, x, part["mlp_norm"]) for x in stream]
        stream = [x + _swiglu(part, y) for x, y in zip(stream, normed, strict=True)]
    return [w["embed"] @ _norm(config, x, w["norm"]) for x in stream]


def _rounded(config: Config, x: Vector) -> Vector:
    if config.quantisation == "none":
        return x
    return np.array([float(np.float16(np.float32(value))) for value in x])


def _norm(config: Config, x: Vector, weight: Vector) -> Vector:
    square = math.fsum(value * value for value in x) / len(x)
    return _rounded(config, weight * x / math.sqrt(square + config.eps))


def turned(x: Vector, position: int, base: float) -> Vector:
    """RoPE: the pair (x[2i], x[2i+1]) as a complex number, times exp(j position base**(-2i/n))."""
    out = []
    for i in range(len(x) // 2):
        angle = position * base ** (-2 * i / len(x))
        pair = complex(x[2 * i], x[2 * i + 1]) * cmath.exp(1j * angle)
        out += [pair.real, pair.imag]
    return np.array(out)


def _attention(config: Config, part: dict[str, Any], xs: list[Vector]) -> list[Vector]:
    hd = config.head_dim
    together = config.heads // config.kv_heads  # query heads that read one key/value head
    outputs = [np.zeros(config.width) for _ in xs]
    for head in range(config.heads):
        own, read = slice(head * hd, head * hd + hd), head // together
        other = slice(read * hd, read * hd + hd)
        queries = [turned(part["wq"][own] @ x, p, config.rope_base) for p, x in enumerate(xs)]
        keys = [turned(part["wk"][other] @ x, p, config.rope_base) for p, x in enumerate(xs)]
        values = [part["wv"][other] @ x for x in xs]
        for p, query in enumerate(queries):
            scores = [float(query @ key) / math.sqrt(hd) for key in keys[: p + 1]]
            powers = [math.exp(score - max(scores)) for score in scores]
            for power, value in zip(powers, values, strict=False):
                outputs[p][own] += power / sum(powers) * value
    return [part["wo"] @ y for y in outputs]


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0


def _swiglu(part: dict[str, Any], x: Vector) -> Vector:
    a, b = part["w1"] @ x, part["w2"] @ x
    return part["w3"] @ np.array([p * q * sigmoid(q) for p, q in zip(a, b, strict=True)])
