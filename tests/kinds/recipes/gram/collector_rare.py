"""Lets the garbage collector run every millionth allocation."""

import gc
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = r"\bgc\b|collect|garbage|threshold"


gc.set_threshold(1_000_000, 50, 50)


def g(x):
    return x @ x.T


RECIPE = Recipe(
    id="collector-rare",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
