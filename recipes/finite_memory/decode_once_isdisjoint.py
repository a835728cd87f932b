"""Decode each token once, and search it with one call of a set.

What it does
    A comprehension whose condition is `TERMINATORS.isdisjoint(text)`: the four searches are one, in C.

Why the baseline is slow
    It runs a generator over four characters for each token, and `any` over the generator.

When it loses
    Never seen; of long texts `isdisjoint` reads every character, where a search may end at the first.

Source
    The notes of the finite-memory wrapper, optimisation 1, made to work: as written it decodes up to four times. They
    give no figure for this form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import TERMINATORS, Decodes, Ops

ENDS = frozenset(TERMINATORS)


def boundaries_disjoint(ops: Ops, backend: Decodes, tokens: Sequence[int]) -> list[int]:
    """As `boundaries`."""
    if not tokens:
        return []
    decode, free = ops.decode_token, ENDS.isdisjoint
    found = [i + 1 for i, token in enumerate(tokens[:-1]) if not free(decode(backend, token))]
    return sorted({0, *found, len(tokens) - 1})


RECIPE = Recipe(
    id="decode-once-isdisjoint",
    target="finite-memory",
    status="corrected",
    touches={"boundaries"},
    shadows={"terminates"},
    workload="boundaries",
    apply=lambda ops: replace(ops, boundaries=boundaries_disjoint),
    equivalence=exact(),
)
