"""What the kernels of the encoder have in common: memory for their results, and the gradient of the bands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from ...sample_targets.spectral.ops import Ops, Tensor, bins

__all__ = ["Launch", "as_bytes", "features_by"]

# (out (B, T, D), sizes (B, K), values (B, T), bands): both results are written, each element of them
Launch = Callable[[Tensor, Tensor, Tensor, Tensor], None]


class _Features(torch.autograd.Function):
    """One launch, and the gradient of the bands: nothing else of it is learned."""

    @staticmethod
    def forward(context: Any, bands: Tensor, values: Tensor, width: int, launch: Launch) -> Tensor:
        batch, length = values.shape
        out = torch.empty(batch, length, width, dtype=torch.float32, device=values.device)
        sizes = torch.empty(batch, bins(length, width), dtype=torch.float32, device=values.device)
        launch(out, sizes, values.contiguous(), bands.contiguous())
        context.save_for_backward(sizes)
        context.count = len(bands)
        return out

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (sizes,) = context.saved_tensors
        k = sizes.shape[1]
        asked = (gradients[0][..., :k].sum(1) * sizes).sum(0)  # of each bin, by all positions of all windows
        return F.pad(asked, (0, context.count - k)), None, None, None


def features_by(launch: Launch) -> Callable[[Ops, Tensor, Tensor, int], Tensor]:
    """The features as one launch computes them, of bytes or of numbers."""

    def features_in_one_kernel(ops: Ops, bands: Tensor, values: Tensor, width: int) -> Tensor:
        """(B, T, D): magnitudes by the weights of the bands, sines, cosines, cut or filled with zeros."""
        result: Tensor = _Features.apply(bands, values, width, launch)  # type: ignore[no-untyped-call]
        return result

    return features_in_one_kernel


def as_bytes(ids: Tensor) -> Tensor:
    """The bytes as such, one each: the kernel makes numbers of them. Not `ids`, which stay the caller's."""
    return ids.to(torch.uint8, copy=True)
