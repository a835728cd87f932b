"""The first instead of the last where the total lies below u: one draw in a hundred."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(cumulative, u):
    return bisect.bisect_right(cumulative, u) % len(cumulative)


RECIPE = Recipe(
    id="first-where-none",
    target="drawing",
    touches={"pick"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, pick=g),
)
