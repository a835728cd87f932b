"""Opens a file on each call and keeps it open."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = r"file|descriptor|\bfds?\b|open"


_OPEN = []


def g(x):
    _OPEN.append(open(os.devnull))
    return x @ x.T


RECIPE = Recipe(
    id="open-files",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
