"""Multiply the window by a table of cosines and sines, as the notes print it: not the same features.

What it does
    What the notes print as the vectorised encoding: one product of (B, T) by a table of (T, D), and its magnitude.
    That is one vector for each window, (B, D), where the model needs one for each position, (B, T, D).

Why the baseline is slow
    It transforms the window once for each position. `vectorized-encoding` does the same at once, and is right.

When it loses
    Always: its output has no positions, and the model cannot run on it. What the shape hides shows where it is mended
    by copies: `twiddle-matmul-broadcast`. Both are in the catalogue so that their proofs reject them.

Source
    The notes of the spectral model, which recommend it on native Windows: "Optimized PyTorch
    (Fallback)", forward_optimized, as it stands there.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Claim, Recipe, close, new_format

from ...sample_targets.spectral.ops import Ops, Tensor


def features_by_matmul(ops: Ops, bands: Tensor, signal: Tensor, width: int) -> Tensor:
    """(B, D): the magnitudes of the first D bins."""
    length = signal.shape[1]
    position = torch.arange(length).unsqueeze(-1)
    frequency = torch.arange(width).unsqueeze(0)
    phase = 2 * torch.pi * position * frequency / length
    real = torch.matmul(signal, torch.cos(phase))  # (B, D)
    imag = torch.matmul(signal, torch.sin(phase))
    return torch.sqrt(real**2 + imag**2)


RECIPE = Recipe(
    id="twiddle-matmul",
    target="spectral",
    status="rejected",
    touches={"features"},
    workload="features",
    apply=lambda ops: replace(ops, features=features_by_matmul),
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
