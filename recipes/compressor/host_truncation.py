"""Cut the history before it becomes a tensor.

What it does
    Slices the Python list to the 128 bytes that count, and converts those.

Why the baseline is slow
    It converts all of a long history, of which 128 bytes are used.

When it loses
    Never; where the list is short already, the slice costs a fraction of a microsecond.

Source
    The notes of the compressor, 2026-02-07: "a major performance bottleneck for large inputs"; no figure. Measure it
    with --workload long-history.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.ops import Tensor


def tokens_truncated(history: list[int], limit: int) -> Tensor:
    """The last `limit` bytes as (1, T)."""
    return torch.tensor(history[-limit:]).unsqueeze(0)


RECIPE = Recipe(
    id="host-truncation",
    target="compressor",
    touches={"tokens"},
    workload="long-history",
    apply=lambda ops: replace(ops, tokens=tokens_truncated),
    equivalence=exact(),
)
