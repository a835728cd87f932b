"""What can be compared of spectral features, and on which windows a whole model can be proven."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from .ops import bins, twiddles

__all__ = ["PER_CENT", "bin_sizes", "check_conditioned", "is_conditioned", "observed", "weighted"]

Array = Any
Tensor = torch.Tensor

# Where a bin nearly vanishes its phase is decided by rounding, and with it what a model makes of it: on such a window
# no two right forms agree, so the model as a whole is proven on others.
SMALLEST_BIN = 1e-4  # of the largest
PER_CENT = 100.0  # of the largest bin: what features are observed in, see `weighted`
ALIKE = 1e-3  # in that unit: where positions see a window alike, as they do a constant one, rounding is what is left


def bin_sizes(ids: Tensor, *, prefixes: bool = False) -> Tensor:
    """True magnitudes of the N = T // 2 + 1 bins of bytes (B, T): (B, 1, N), or (B, T, N) of those up to each."""
    length = ids.shape[1]
    signal = ids.double() / 127.5 - 1.0
    if not prefixes:
        whole: Tensor = torch.fft.rfft(signal)[:, None].abs()
        return whole
    cosine, sine = twiddles(length, length // 2 + 1, torch.float64)
    terms = torch.complex(signal[:, :, None] * cosine, -signal[:, :, None] * sine)
    return terms.cumsum(1).abs()


def smallest_bin(windows: Array, *, prefixes: bool = False) -> float:
    """The smallest bin below T // 2 of windows (B, T), as a part of the largest beside it; 1 where there is none."""
    ids = windows if isinstance(windows, Tensor) else torch.tensor(windows)
    sizes = bin_sizes(ids, prefixes=prefixes)
    read = sizes[..., : windows.shape[1] // 2]
    return float((read.amin(-1) / sizes.amax(-1)).min()) if read.numel() else 1.0


def is_conditioned(window: Array, *, prefixes: bool = False) -> bool:
    """Whether a whole model can be proven on a window (T,)."""
    return smallest_bin(window[None], prefixes=prefixes) >= SMALLEST_BIN


def check_conditioned(windows: Array, *, prefixes: bool = False) -> Array:
    """The windows (B, T) themselves. Raises ValueError where a whole model cannot be proven on them, saying why."""
    smallest = smallest_bin(windows, prefixes=prefixes)
    if smallest < SMALLEST_BIN:
        raise ValueError(
            f"a bin of {smallest:.1e} of the largest: its phase is rounding, and no two right forms agree on the "
            f"model's output; a model is proven where every bin is at least {SMALLEST_BIN:g} of the largest"
        )
    return windows


def weighted(features: Tensor, sizes: Tensor) -> Tensor:
    """Features (B, T, D) as they can be compared: in per cent of the largest bin.

    Magnitudes reach 165, and the phase of a bin that nearly vanishes is rounding: no unweighted tolerance fits both.
    So magnitudes are divided by the largest bin, and sines and cosines multiplied by their own bin's part of it.
    `sizes`: as `bin_sizes` gives them. What is filled with zeros is compared as it is.
    """
    length, width = features.shape[1:]
    top = sizes.amax(dim=-1, keepdim=True)
    part = PER_CENT * sizes[..., : bins(length, width)] / top
    weights = torch.cat([(PER_CENT / top).expand(part.shape), part, part], dim=-1)[..., :width]
    return features * F.pad(weights, (0, width - weights.shape[-1]), value=PER_CENT)


def observed(features: Tensor, sizes: Tensor) -> dict[str, Any]:
    """Features (B, T, D) as `weighted` makes them comparable, and in words what their rows are of.

    So one who gives a row for a whole window, or the same one at each position, reads that, and not a number.
    """
    if features.dim() != 3:
        return {"rows": "one for a whole window", "features": None}
    comparable = weighted(features, sizes)
    alike = bool(((comparable - comparable[:, :1]).abs() < ALIKE).all())
    length = features.shape[1]
    return {"rows": f"{'the same' if alike else 'one'} for each of {length} positions", "features": comparable}
