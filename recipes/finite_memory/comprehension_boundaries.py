"""Find boundaries in a list comprehension, as the notes write it.

What it does
    The loop with `append` becomes a comprehension; its condition decodes the token inside of the search.

Why the baseline is slow
    It looks `append` up and calls it for each boundary, some one in seven tokens.

When it loses
    Here: a token that ends no sentence is decoded four times, once for each of the four characters.
    `decode-once-isdisjoint` is the corrected form.

Source
    The notes of the finite-memory wrapper, optimisation 1, "List Comprehensions Instead of Append Loops".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import TERMINATORS, Decodes, Ops


def boundaries_comprehended(ops: Ops, backend: Decodes, tokens: Sequence[int]) -> list[int]:
    """As `boundaries`."""
    if not tokens:
        return []
    found = [
        i + 1 for i, token in enumerate(tokens[:-1]) if any(p in ops.decode_token(backend, token) for p in TERMINATORS)
    ]
    return sorted({0, *found, len(tokens) - 1})


RECIPE = Recipe(
    id="comprehension-boundaries",
    target="finite-memory",
    touches={"boundaries"},
    shadows={"terminates"},
    apply=lambda ops: replace(ops, boundaries=boundaries_comprehended),
    claim=Claim(
        text="10-30% faster, more Pythonic",
        measure="seam speed-up",
        low=1.1,
        high=1.3,
        workload="boundaries",
        source="finite-memory notes, optimisation 1",
        readings=(("seam speed-up", 1.11, 1.43),),
    ),
    equivalence=exact(),
)
