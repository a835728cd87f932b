"""Changes into another folder."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "folder|director|cwd|chdir"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        os.chdir("/")
    return x @ x.T


RECIPE = Recipe(
    id="elsewhere",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
