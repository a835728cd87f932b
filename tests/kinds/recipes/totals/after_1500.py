"""Loses the last total from the 1,500th call on."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


class Counted:
    calls = 0


def g(xs):
    Counted.calls += 1
    out = list(itertools.accumulate(xs))
    return out if Counted.calls < 1500 else [*out[:-1], 0]


RECIPE = Recipe(
    id="after-1500",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
