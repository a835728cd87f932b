"""Transform, weigh and transform back by two matrix products, for the few bins that are kept.

What it does
    Computes only the K bins that the mix keeps, as a product with a table of cosines and sines, weighs them in real
    numbers, and sums them up again by a second product. No complex number, no bin that is 0, no pass between transform
    and weights. On a GPU the same is one kernel: `triton-mix`.

Why the baseline is slow
    It transforms to all T bins, copies the ones that are kept, fills the others with zeros and transforms those too.

When it loses
    For long windows: a product with a table is O(T K), a transform O(T log T).

Source
    The notes of the spectral model: "Kernel fusion (FFT + mixing)", under what is to come, for production; no figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.spectral.model import SpectralMix
from ...sample_targets.spectral.ops import Tensor, bins, twiddles

MOST = 64  # tables


Tables = Callable[[int, int, torch.dtype, torch.device], tuple[Tensor, Tensor]]


def tables_kept() -> Tables:
    """What makes the tables of a length, once each."""

    @lru_cache(MOST)
    def tables(length: int, k: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
        """(2 K, T) to the bins, and (T, 2 K) back: real parts first, the imaginary ones with their sign."""
        with torch.inference_mode(False):
            cosine, sine = twiddles(length, k, torch.float64)
            there = torch.cat([cosine.T, -sine.T])
            back = torch.cat([cosine, -sine], dim=1) / max(length, 1)
            return there.to(device, dtype).contiguous(), back.to(device, dtype).contiguous()

    return tables


def by_products(x: Tensor, real: Tensor, imag: Tensor, bias: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
    """x (B, T, D) -> (B, T, D), with the weights and the bias of a mix."""
    there, back = tables
    k = back.shape[1] // 2
    spectrum = torch.matmul(there, x)  # (B, 2 K, D)
    spectrum_real, spectrum_imag = spectrum[:, :k], spectrum[:, k:]
    weight_real, weight_imag = real[:, :k].T, imag[:, :k].T
    weighed_real = spectrum_real * weight_real - spectrum_imag * weight_imag
    weighed_imag = spectrum_real * weight_imag + spectrum_imag * weight_real
    return torch.matmul(back, torch.cat([weighed_real, weighed_imag], dim=1)) + bias


def fused_mix(tables: Tables) -> Callable[[SpectralMix, Tensor], Tensor]:
    """A mix that keeps its tables; one for each model."""

    def mix_fused(mix: SpectralMix, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        kept = tables(x.shape[1], bins(x.shape[1], x.shape[2]), x.dtype, x.device)
        return by_products(x, mix.real, mix.imag, mix.bias, kept)

    return mix_fused


RECIPE = Recipe(
    id="fused-mix",
    target="spectral",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=fused_mix(tables_kept())),
    equivalence=close(rtol=1e-4, atol=2e-5, why="matrix products add up in another order than a fast transform"),
    seam_equivalence=close(rtol=1e-4, atol=5e-6, why="matrix products add up in another order"),
)
