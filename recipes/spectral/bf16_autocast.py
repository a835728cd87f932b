"""Multiply in bfloat16, by torch's autocast.

What it does
    Infers under `torch.autocast` with bfloat16: the products of the linear layers have 8 bits of mantissa, half the
    bytes and, where the processor has units for them, a multiple of the rate. The transforms stay in float32.

Why the baseline is slow
    It multiplies in float32 throughout.

When it loses
    Without bfloat16 units (AVX512_BF16, AMX) the products are emulated, 10 to 20 times as slow. It converts every
    weight in every call, which few rows do not earn; and it changes the third digit of a logit.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from perfkit.recipe import Recipe, close


def in_bfloat16(infer: Callable[..., Any]) -> Callable[..., Any]:
    """The same, with bfloat16 products, and float32 logits."""

    def infer_in_bfloat16(*arguments: Any) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16, cache_enabled=False):
            return infer(*arguments).float()

    return infer_in_bfloat16


RECIPE = Recipe(
    id="bf16-autocast",
    target="spectral",
    status="beyond",
    touches={"infer"},
    apply=lambda ops: replace(ops, infer=in_bfloat16(ops.infer)),
    equivalence=close(rtol=0.02, atol=0.03, why="bfloat16 keeps 8 bits of each factor"),
)
