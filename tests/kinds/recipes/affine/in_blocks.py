"""Honest: the same arithmetic in cache-sized blocks, into new memory."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close


def g(x):
    out = np.empty_like(x)
    for start in range(0, len(x), 512):
        part = np.sin(x[start : start + 512])
        part *= 2
        out[start : start + 512] = part + 1
    return out


RECIPE = Recipe(
    id="in-blocks",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=close(ulp=4, why="the sine of a short block may take another code path"),
    apply=lambda ops: replace(ops, f=g),
)
