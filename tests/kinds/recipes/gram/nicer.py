"""Lowers its own priority, and so that of all that is measured after it."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "nice|priorit"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        os.nice(3)
    return x @ x.T


RECIPE = Recipe(
    id="nicer",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
