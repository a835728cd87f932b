"""Cut the probabilities into counts with numpy.

What it does
    Normalises in torch, whose sum rounds in its own way, and rounds and adds up in numpy, whose calls cost less.

Why the baseline is slow
    It asks a tensor for one count at a time, 256 times.

When it loses
    Where the probabilities live on another device than the processor.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.coder import Table
from ...sample_targets.compressor.ops import SMALLEST, TOTAL, Tensor


def frequencies_numpy(probabilities: Tensor) -> Sequence[Table]:
    """The table of each stream."""
    return [_table(p) for p in probabilities]


def _table(p: Tensor) -> Table:
    p = p + SMALLEST
    p = p / p.sum()  # not in numpy: another order of summing may change a count, and with it the stream
    cumulative = np.zeros(len(p) + 1, np.int64)
    counts = np.floor(p.numpy() * np.float32(TOTAL)).astype(np.int64)
    counts[0] += TOTAL - counts.sum()
    np.cumsum(counts, out=cumulative[1:])
    found: list[int] = cumulative.tolist()
    return found


RECIPE = Recipe(
    id="numpy-cumfreq",
    target="compressor",
    status="beyond",
    touches={"frequencies"},
    apply=lambda ops: replace(ops, frequencies=frequencies_numpy),
    equivalence=exact(),
)
