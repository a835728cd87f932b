"""Convolve by real transforms.

What it does
    Makes the kernel by an inverse real transform, as the recipe of the same name does for the documented model, and
    convolves by real transforms of twice the length, which pad with zeros by themselves.

Why the baseline is slow
    It transforms real numbers as complex ones, and copies them to memory twice as long first.

When it loses
    Never seen.

Source
    Beyond the notes, whose mix looks ahead.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.spectral.model import SpectralMix
from ...sample_targets.spectral.ops import Tensor, bins


def mix_padded_real(mix: SpectralMix, x: Tensor) -> Tensor:
    """x (B, T, D) -> (B, T, D)."""
    length = x.shape[1]
    k = bins(length, x.shape[2])
    if not k:
        return torch.zeros_like(x) + mix.bias
    halves = torch.full((k, 1), 0.5, dtype=x.dtype, device=x.device)
    halves[0] = 1.0
    weights = torch.complex(mix.real[:, :k], mix.imag[:, :k]).T * halves  # (K, D)
    kernel = torch.fft.irfft(weights, n=length, dim=0)  # (T, D)
    spectrum = torch.fft.rfft(x, n=2 * length, dim=1) * torch.fft.rfft(kernel, n=2 * length, dim=0)
    mixed: Tensor = torch.fft.irfft(spectrum, n=2 * length, dim=1)[:, :length] + mix.bias
    return mixed


RECIPE = Recipe(
    id="rfft-mix",
    target="spectral-causal",
    status="beyond",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=mix_padded_real),
    equivalence=close(rtol=1e-4, atol=2e-5, why="the real transform rounds otherwise"),
    seam_equivalence=close(rtol=1e-4, atol=5e-6, why="the real transform rounds otherwise"),
)
