"""Give every symbol at least one count.

What it does
    Cuts TOTAL - 256 in proportion and adds one to each. No symbol is then impossible, and the stream is another.

Why the baseline is slow
    It is not slow but wrong: "no frequency is 0" is false in the original. A confident model leaves a rare symbol a
    probability of which nothing is left after rounding; such a symbol cannot be coded, and what follows it is lost.

When it loses
    A confident model pays some thousandths of a bit more for each byte.

Source
    Corrected from the notes of the compressor, 2025-05-15; they give no figure for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from perfkit.recipe import Recipe, new_format

from ...sample_targets.compressor.coder import Table
from ...sample_targets.compressor.ops import TOTAL, Tensor, stream


@stream("min-count")
def frequencies_at_least_one(probabilities: Tensor) -> Sequence[Table]:
    """The table of each stream: every count above the one before."""
    return [_table(p) for p in probabilities]


def _table(p: Tensor) -> Table:
    counts = (p * (TOTAL - len(p))).floor().to(torch.int64) + 1
    cumulative: list[int] = [0, *torch.cumsum(counts, 0).tolist()]
    # what rounding left over goes to the likeliest, which can also give back what rounding took too much
    likeliest = int(counts.argmax())
    over = TOTAL - cumulative[-1]
    return cumulative[: likeliest + 1] + [c + over for c in cumulative[likeliest + 1 :]]


RECIPE = Recipe(
    id="min-count-table",
    target="compressor",
    status="corrected",
    touches={"frequencies"},
    apply=lambda ops: replace(ops, frequencies=frequencies_at_least_one),
    equivalence=new_format({"stream"}, why="other counts give another stream; what comes back must be the same"),
    seam_equivalence=new_format({"output"}, why="other counts; that they are right shows in what comes back"),
)
