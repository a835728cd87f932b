"""Honest: works in another folder, and comes back."""

import contextlib
from dataclasses import replace

from perfkit.recipe import Recipe, close


def g(x):
    with contextlib.chdir("/"):
        return x @ x.T


RECIPE = Recipe(
    id="there-and-back",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
