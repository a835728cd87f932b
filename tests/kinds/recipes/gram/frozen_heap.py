"""Freezes all objects that there are."""

import gc
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = r"\bgc\b|collect|garbage|freez|frozen"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        gc.freeze()
    return x @ x.T


RECIPE = Recipe(
    id="frozen-heap",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
