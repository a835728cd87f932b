"""Look for the end of a sentence in a frozenset.

What it does
    Asks of each character of a token's text whether it is in `frozenset('.!?\\n')`.

Why the baseline is slow
    It searches the text four times, once for each character that ends a sentence.

When it loses
    Where a token has more than four characters: a step of Python for each, where a search is a call of C.

Source
    The notes of the finite-memory wrapper, optimisation 7, "Optimize String Operations".
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

SENTENCE_TERMINATORS = frozenset(".!?\n")


def terminates_by_set(text: str) -> bool:
    """Whether a text holds what ends a sentence."""
    return any(c in SENTENCE_TERMINATORS for c in text)


RECIPE = Recipe(
    id="frozenset-terminators",
    target="finite-memory",
    touches={"terminates"},
    apply=lambda ops: replace(ops, terminates=terminates_by_set),
    claim=Claim(
        text="15-25% faster for text processing",
        measure="seam speed-up",
        low=1.15,
        high=1.25,
        workload="boundaries",
        source="finite-memory notes, optimisation 7",
        readings=(("seam speed-up", 1.18, 1.33),),
    ),
    equivalence=exact(),
)
