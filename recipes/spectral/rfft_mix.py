"""Mix by the real transform: half the bins, and none that are 0.

What it does
    Transforms real numbers as such, so that T / 2 + 1 bins are computed and not T, and lets the inverse fill what is
    missing with zeros. The documented form takes the real part of a spectrum whose upper half is 0: of each bin but the
    first that is half of what a real spectrum with both halves would give, so they are halved.

Why the baseline is slow
    It transforms real numbers as complex ones, both ways, and fills and multiplies memory for bins that are 0.

When it loses
    Never seen.

Source
    Beyond the notes: "SpectralMixingLayer is fast (O(n log n))" is what they say of the mix.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.spectral.model import SpectralMix
from ...sample_targets.spectral.ops import Tensor, bins


def mix_real(mix: SpectralMix, x: Tensor) -> Tensor:
    """x (B, T, D) -> (B, T, D)."""
    length = x.shape[1]
    k = bins(length, x.shape[2])
    if not k:
        return torch.zeros_like(x) + mix.bias
    weights = torch.complex(mix.real[:, :k], mix.imag[:, :k]).T  # (K, D)
    halves = torch.full((k, 1), 0.5, dtype=x.dtype, device=x.device)
    halves[0] = 1.0
    spectrum = torch.fft.rfft(x, dim=1)[:, :k] * (weights * halves)
    mixed: Tensor = torch.fft.irfft(spectrum, n=length, dim=1) + mix.bias
    return mixed


RECIPE = Recipe(
    id="rfft-mix",
    target="spectral",
    status="beyond",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=mix_real),
    equivalence=close(rtol=1e-4, atol=2e-5, why="the real transform rounds otherwise"),
    seam_equivalence=close(rtol=1e-4, atol=5e-6, why="the real transform rounds otherwise"),
)
