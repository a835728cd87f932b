"""Binds the process to one processor when it is applied."""

import os
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = r"affinity|processor|\bcpus?\b"


def g(x):
    return x @ x.T


def prepared(ops):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return replace(ops, f=g)


RECIPE = Recipe(
    id="one-cpu",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=prepared,
)
