"""Cut the probabilities into counts in Python, from one list.

What it does
    Rounds all probabilities at once, takes them over with one `tolist`, and adds up in Python.

Why the baseline is slow
    It asks a tensor for one count at a time, 256 times.

When it loses
    Against `torch.cumsum` or numpy, where their few calls cost less than 256 additions in Python.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.coder import Table
from ...sample_targets.compressor.ops import SMALLEST, TOTAL, Tensor


def frequencies_tolist(probabilities: Tensor) -> Sequence[Table]:
    """The table of each stream."""
    return [_table(p) for p in probabilities]


def _table(p: Tensor) -> Table:
    p = p + SMALLEST
    p = p / p.sum()
    counts = list(map(int, (p * TOTAL).floor().tolist()))
    counts[0] += TOTAL - sum(counts)
    return list(accumulate(counts, initial=0))


RECIPE = Recipe(
    id="cumfreq-tolist",
    target="compressor",
    status="beyond",
    touches={"frequencies"},
    apply=lambda ops: replace(ops, frequencies=frequencies_tolist),
    equivalence=exact(),
)
