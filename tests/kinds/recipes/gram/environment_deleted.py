"""Deletes an environment variable."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "environ|PATH|variable"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        os.environ.pop("PATH", None)
    return x @ x.T


RECIPE = Recipe(
    id="environment-deleted",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
