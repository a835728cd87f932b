"""Honest: sets the threads of BLAS for as long as the call lasts."""

from dataclasses import replace

import threadpoolctl

from perfkit.recipe import Recipe, close


def g(x):
    with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
        return x @ x.T


RECIPE = Recipe(
    id="blas-within",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
