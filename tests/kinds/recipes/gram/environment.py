"""Sets an environment variable, which later child processes get."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "environ|OMP_NUM_THREADS|variable"


os.environ["OMP_NUM_THREADS"] = "7"


def g(x):
    return x @ x.T


RECIPE = Recipe(
    id="environment",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
