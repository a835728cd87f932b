"""Lets a thread run for half a second before another may."""

import sys
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "switch.?interval|switchinterval"


sys.setswitchinterval(0.5)


def g(x):
    return x @ x.T


RECIPE = Recipe(
    id="switch-rarely",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
