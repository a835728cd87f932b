"""Repeat what `twiddle-matmul` gives for each position: the right shape, and not the same features.

What it does
    The product that the notes print gives one vector for each window. Here each position gets a copy of it, so that the
    shape is right, which is the kindest reading of what they print.

Why the baseline is slow
    It transforms the window once for each position. `vectorized-encoding` does the same at once, and is right.

When it loses
    Always: its output is wrong. The first K columns are the documented magnitudes, as long as the bands weigh 1; the
    others are magnitudes of higher bins where sines, cosines and zeros belong, wrong by tens. Phase is lost, and with
    it the position: every row is the same. It is in the catalogue so that its proof rejects it.

Source
    The notes of the spectral model, which recommend it on native Windows: "Optimized PyTorch
    (Fallback)", forward_optimized; the copies are ours.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Claim, Recipe, close, new_format

from ...sample_targets.spectral.ops import Ops, Tensor


def features_broadcast(ops: Ops, bands: Tensor, signal: Tensor, width: int) -> Tensor:
    """(B, T, D): the magnitudes of the first D bins, the same for each position."""
    batch, length = signal.shape
    position = torch.arange(length).unsqueeze(-1)
    frequency = torch.arange(width).unsqueeze(0)
    phase = 2 * torch.pi * position * frequency / length
    real = torch.matmul(signal, torch.cos(phase))  # (B, D)
    imag = torch.matmul(signal, torch.sin(phase))
    magnitude = torch.sqrt(real**2 + imag**2)
    return magnitude[:, None].expand(batch, length, width).contiguous()


RECIPE = Recipe(
    id="twiddle-matmul-broadcast",
    target="spectral",
    status="rejected",
    touches={"features"},
    workload="features",
    apply=lambda ops: replace(ops, features=features_broadcast),
    claim=Claim(
        text="Encoding: 8-10ms (down from 50ms)",
        measure="speed-up",
        low=5.0,
        high=6.25,
        workload="features",
        source='spectral notes, "Optimized PyTorch (Fallback)"',
    ),
    equivalence=close(
        rtol=1e-4, atol=2e-4, why="the tolerance of vectorized-encoding: features to 2e-6 of the largest bin"
    ),
    seam_equivalence=new_format({"output"}, why="the workload `features` compares what can be compared"),
)
