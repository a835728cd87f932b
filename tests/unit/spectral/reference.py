"""The byte-spectral model once more, in float64 numpy and by its definitions: sums over positions, no transform."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import erf

Array = Any


def spectrum(signal: Array, position: int, k: int, *, causal: bool = False) -> Array:
    """(K,) complex: bins of the window (T,) that begins at `position` and goes around, by their definition."""
    length = len(signal)
    known = np.where(np.arange(length) <= position, signal, 0) if causal else signal
    seen = np.array([known[(position + n) % length] for n in range(length)])
    f, n = np.arange(k)[:, None], np.arange(length)[None]
    return (seen * np.exp(-2j * np.pi * f * n / length)).sum(1)


def features(bands: Array, signal: Array, width: int, *, causal: bool = False) -> Array:
    """(T, D) of one window (T,)."""
    length = len(signal)
    k = min(width // 2, length // 2)
    rows = np.zeros((length, width))
    for position in range(length):
        bins = spectrum(signal, position, k, causal=causal)
        row = np.concatenate([np.abs(bins) * bands[:k], np.sin(np.angle(bins)), np.cos(np.angle(bins))])
        rows[position, : min(width, 3 * k)] = row[:width]
    return rows


def mix(weights: Array, bias: Array, x: Array, *, causal: bool = False) -> Array:
    """(T, D) of x (T, D): each channel convolved with the real part of what its K weights (D, K) add up to."""
    length, width = x.shape
    k = min(width // 2, length // 2)
    f, t = np.arange(k)[None], np.arange(length)[:, None]
    kernel = (np.exp(2j * np.pi * f * t / length) @ weights[:, :k].T).real / length  # (T, D)
    out = np.zeros_like(x)
    for p in range(length):
        for s in range(p + 1 if causal else length):
            out[p] += kernel[(p - s) % length] * x[s]
    return out + bias


def logits(state: dict[str, Array], ids: list[int], layers: int, *, causal: bool = False) -> Array:
    """(T, 256) of one window."""
    w = {name: np.asarray(value, np.float64) for name, value in state.items()}
    signal, width = np.array(ids) / 127.5 - 1, len(w["norm.weight"])
    x = features(w["encoder.bands"], signal, width, causal=causal)
    x = linear(w, "encoder.narrow", gelu(norm(w, "encoder.norm", linear(w, "encoder.wide", x))))
    for i in range(layers):
        p = f"blocks.{i}."
        weights = w[f"{p}mix.real"] + 1j * w[f"{p}mix.imag"]
        x = x + mix(weights, w[f"{p}mix.bias"], norm(w, f"{p}norm1", x), causal=causal)
        x = x + linear(w, f"{p}narrow", gelu(linear(w, f"{p}wide", norm(w, f"{p}norm2", x))))
    return linear(w, "head", norm(w, "norm", x))


def linear(w: dict[str, Array], name: str, x: Array) -> Array:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def norm(w: dict[str, Array], name: str, x: Array) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * w[f"{name}.weight"] + w[f"{name}.bias"]


def gelu(x: Array) -> Array:
    return x * (1 + erf(x / np.sqrt(2))) / 2
