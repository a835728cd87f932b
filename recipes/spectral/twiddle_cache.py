"""Keep the table of turns instead of computing it for every window.

What it does
    Makes the cosines and sines of each (length, bins) once: two tables of T x K, 64 KiB at 128 x 64.

Why the baseline is slow
    The vectorised encoding computes them in every call. The documented one has no table: it transforms instead.

When it loses
    Where every window has another length: then it holds a table for each that was met, at most 64.

Source
    Beyond the notes; they say "Pre-compute twiddle factors", and compute them in every call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch

from perfkit.recipe import Recipe, exact

from ...sample_targets.spectral.ops import Tensor

MOST = 64  # tables


def kept(make: Callable[..., Any]) -> Callable[[int, int, torch.dtype], tuple[Tensor, Tensor]]:
    """`make`, asked once for each length, number of bins and type."""

    @lru_cache(MOST)
    def twiddles_kept(length: int, k: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        with torch.inference_mode(False):  # what is made within cannot take part in training
            cosine, sine = make(length, k, dtype)
            return cosine, sine

    return twiddles_kept


RECIPE = Recipe(
    id="twiddle-cache",
    target="spectral",
    status="beyond",
    touches={"twiddles"},
    requires={"vectorized-encoding"},
    workload="features",
    apply=lambda ops: replace(ops, twiddles=kept(ops.twiddles)),
    equivalence=exact(),
)
