"""Declares another type, and is one too low besides."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "differ|expected|got"


def g(x):
    return bisect.bisect_right(x, 0.5) - 1


RECIPE = Recipe(
    id="off-by-one",
    target="first-above",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, dtype_change=True, why="a plain int for a numpy integer"),
    apply=lambda ops: replace(ops, f=g),
)
