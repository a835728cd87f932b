"""A thread pool of the module that is never shut down."""

import concurrent.futures
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "thread|pool"


_POOL = concurrent.futures.ThreadPoolExecutor(2)


def g(x):
    _POOL.submit(int).result()
    return x @ x.T


RECIPE = Recipe(
    id="open-pool",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
