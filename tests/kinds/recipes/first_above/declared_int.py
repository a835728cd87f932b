"""Honest: an int for a numpy integer, and says so."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, close


def g(x):
    return bisect.bisect_right(x, 0.5)


RECIPE = Recipe(
    id="declared-int",
    target="first-above",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, dtype_change=True, why="a plain int for a numpy integer"),
    apply=lambda ops: replace(ops, f=g),
)
