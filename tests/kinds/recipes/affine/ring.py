"""A ring of 32 buffers: a result is overwritten 32 calls later."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def buffered():
    ring = np.empty((32, 1500))
    turn = 0

    def g(x):
        nonlocal turn
        out = ring[turn % 32]
        turn += 1
        np.sin(x, out=out)
        out *= 2
        out += 1
        return out

    return g


RECIPE = Recipe(
    id="ring",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=buffered()),
)
