"""Sets the size of numpy's buffers, and so how ufuncs run."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

CAUGHT = "buf"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        np.setbufsize(16384)
    return x @ x.T


RECIPE = Recipe(
    id="numpy-bufsize",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
