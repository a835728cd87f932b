"""Writes every result into one buffer of the module and hands that out."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


_OUT = np.empty(1500)


def g(x):
    np.sin(x, out=_OUT)
    np.multiply(_OUT, 2, out=_OUT)
    return np.add(_OUT, 1, out=_OUT)


RECIPE = Recipe(
    id="one-buffer",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
