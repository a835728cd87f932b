"""Files that are made from now on are private."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "umask|mask"


def g(x):
    os.umask(0o077)
    return x @ x.T


RECIPE = Recipe(
    id="closed-umask",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
