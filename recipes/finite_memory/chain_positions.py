"""Chain the ranges of kept spans together.

What it does
    `list(chain.from_iterable(...))` over the ranges, instead of extending a list by each.

Why the baseline is slow
    It grows the list span by span.

When it loses
    Never seen. `list.reserve`, which the notes name first, does not exist.

Source
    The notes of the finite-memory wrapper, optimisation 2, "Pre-allocate Lists with Known Size".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from perfkit.recipe import Claim, Recipe, exact


def positions_chained(spans: Sequence[int], span: int, total: int) -> list[int]:
    """The positions of `spans`, each `span` long, that lie below `total`."""
    return list(chain.from_iterable(range(n * span, min(n * span + span, total)) for n in spans))


RECIPE = Recipe(
    id="chain-positions",
    target="finite-memory",
    touches={"kept_positions"},
    apply=lambda ops: replace(ops, kept_positions=positions_chained),
    claim=Claim(
        text="15-25% faster for large lists",
        measure="seam speed-up",
        low=1.15,
        high=1.25,
        workload="mask",
        source="finite-memory notes, optimisation 2",
        readings=(("seam speed-up", 1.18, 1.33),),
    ),
    equivalence=exact(),
)
