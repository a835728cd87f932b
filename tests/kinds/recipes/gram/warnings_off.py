"""Switches all warnings off, for all."""

import warnings
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "warning|filter"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        warnings.simplefilter("ignore")
    return x @ x.T


RECIPE = Recipe(
    id="warnings-off",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
