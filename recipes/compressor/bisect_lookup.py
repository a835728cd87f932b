"""Look symbols up with bisect.

What it does
    `bisect_right(cumulative, count) - 1`: the same search, in C.

Why the baseline is slow
    It searches by hand: eight steps of Python for 256 symbols.

When it loses
    Never seen; a table of two symbols would cost as much either way.

Source
    The notes of the compressor, 2025-05-16: "Arithmetic Coder Loop and Search Optimization". Their figure is of
    this and `coder-constants` together; each is judged alone.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.compressor.coder import Table


def find_by_bisect(cumulative: Table, count: int) -> int:
    """The symbol that a count falls to."""
    return bisect_right(cumulative, count) - 1


RECIPE = Recipe(
    id="bisect-lookup",
    target="compressor",
    touches={"find"},
    apply=lambda ops: replace(ops, find=find_by_bisect),
    claim=Claim(
        text="caching attributes and using bisect can reduce the engine's overhead by over 70%",
        measure="share of time",
        low=0.7,
        high=1.0,
        workload="coder",
        source="compressor notes, 2025-05-16",
    ),
    equivalence=exact(),
)
