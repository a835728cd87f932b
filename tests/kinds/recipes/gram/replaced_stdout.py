"""Replaces sys.stdout and does not put it back."""

import io
import sys
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "stdout|output stream|stream"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        sys.stdout = io.StringIO()
    return x @ x.T


RECIPE = Recipe(
    id="replaced-stdout",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
