"""Switches the garbage collector off when it is applied."""

import gc
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = r"\bgc\b|collect|garbage"


def g(x):
    return x @ x.T


def prepared(ops):
    gc.disable()
    return replace(ops, f=g)


RECIPE = Recipe(
    id="collector-off",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=prepared,
)
