"""A table of 6,000 slots: who takes a used slot does not take the old number out of the index."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.collatz.ops import f

CAUGHT = r"differ|expected|not equal|mismatch|in place|changed|stale|\bcalls?\b|drift|later|after|soak"


def remembering():
    slots = []
    where = {}
    turn = itertools.count()

    def g(ns):
        out = []
        for n in ns:
            if n not in where:
                slot = next(turn) % 6000
                where[n] = slot
                slots[slot : slot + 1] = f([n])
            out.append(slots[where[n]])
        return out

    return g


RECIPE = Recipe(
    id="evicts-wrongly",
    target="collatz",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
