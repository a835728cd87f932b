"""Draws among what the last entry leaves: a little off near the limits."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(cumulative, u):
    return min(bisect.bisect_right(cumulative, u * cumulative[-1]), len(cumulative) - 1)


RECIPE = Recipe(
    id="rescaled",
    target="drawing",
    touches={"pick"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, pick=g),
)
