"""Raises the recursion limit."""

import sys
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "recursion"


sys.setrecursionlimit(54321)


def g(x):
    return x @ x.T


RECIPE = Recipe(
    id="deep-recursion",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
