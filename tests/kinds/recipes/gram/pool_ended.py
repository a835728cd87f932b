"""Honest: a thread pool that ends with the call."""

import concurrent.futures
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close


def g(x):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda rows: rows @ x.T, (x[:20], x[20:])))
    return np.concatenate(parts)


RECIPE = Recipe(
    id="pool-ended",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
