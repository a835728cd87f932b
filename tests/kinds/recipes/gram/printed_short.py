"""Sets how numpy prints."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

CAUGHT = "print"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        np.set_printoptions(precision=3, suppress=True)
    return x @ x.T


RECIPE = Recipe(
    id="printed-short",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
