"""Sets the threads of BLAS to three and leaves them so."""

from dataclasses import replace

import threadpoolctl

from perfkit.recipe import Recipe, close

CAUGHT = "thread|blas"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        threadpoolctl.threadpool_limits(limits=3, user_api="blas")
    return x @ x.T


RECIPE = Recipe(
    id="blas-three",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
