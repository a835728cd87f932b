"""Two buffers in turn: a result lives until the call after the next."""

import itertools
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def buffered():
    buffers = itertools.cycle([np.empty(1500), np.empty(1500)])

    def g(x):
        out = next(buffers)
        np.sin(x, out=out)
        out *= 2
        out += 1
        return out

    return g


RECIPE = Recipe(
    id="ping-pong",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=buffered()),
)
