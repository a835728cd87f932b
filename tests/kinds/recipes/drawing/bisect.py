"""Honest: halves, and keeps to the last."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(cumulative, u):
    return min(bisect.bisect_right(cumulative, u), len(cumulative) - 1)


RECIPE = Recipe(
    id="bisect",
    target="drawing",
    touches={"pick"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, pick=g),
)
