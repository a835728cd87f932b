"""What features are compared on, and how far two forms of them are apart."""

from __future__ import annotations

from typing import Any

import torch

from perfkit.sample_targets.spectral import ops as documented
from perfkit.sample_targets.spectral.comparable import PER_CENT, bin_sizes, weighted
from tests.unit.spectral.conftest import some_bytes

DEMANDED = 2e-6  # of the largest bin
KINDS = ("any", "constant", "periodic", "zeros and ends")


def windows(kind: str, length: int) -> torch.Tensor:
    if kind == "constant":
        return torch.full((2, length), 97)
    if kind == "periodic":
        return torch.tensor([[0, 255, 7, 7], [65, 66, 65, 67]]).repeat(1, length // 4 + 1)[:, :length]
    if kind == "zeros and ends":
        return torch.tensor([[0], [255]]).repeat(1, length)
    return some_bytes(2, length, seed=length)


def some_bands(width: int) -> torch.Tensor:
    return 1 + 0.1 * torch.randn(width // 2, generator=torch.Generator().manual_seed(0))


def apart(one: Any, two: Any, ids: torch.Tensor, width: int, *, prefixes: bool = False) -> float:
    """The largest weighted difference of the features of two tables of seams, as a part of the largest bin."""
    bands, sizes = some_bands(width), bin_sizes(ids, prefixes=prefixes)
    found = [weighted(ops.features(ops, bands, ops.signal(ids), width).double(), sizes) for ops in (one, two)]
    assert found[0].shape == found[1].shape
    return float((found[0] - found[1]).abs().max()) / PER_CENT


def gradients_of_bands(ops: Any, ids: torch.Tensor, width: int) -> torch.Tensor:
    """Of a sum in which no two features have the same weight."""
    bands = some_bands(width).requires_grad_()
    found = ops.features(ops, bands, ops.signal(ids), width)
    weights = torch.linspace(-1, 1, found.numel()).reshape(found.shape)
    (gradient,) = torch.autograd.grad((weights * found).sum(), [bands])
    return gradient


BASELINE = documented.BASELINE
