"""Honest: a scratch buffer is used again, but the result is new memory."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

_SCRATCH = np.empty(1500)


def g(x):
    scratch = _SCRATCH if x.shape == (1500,) else np.empty_like(x)
    np.sin(x, out=scratch)
    np.multiply(scratch, 2, out=scratch)
    return scratch + 1


RECIPE = Recipe(
    id="private-scratch",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
