"""Starts tracemalloc, which makes all allocations slow, the baseline's too."""

import tracemalloc
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "tracemalloc|trac"


def g(x):
    return x @ x.T


def prepared(ops):
    tracemalloc.start()
    return replace(ops, f=g)


RECIPE = Recipe(
    id="traced-memory",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=prepared,
)
