"""Honest: the same numbers, dtype and shape in another order of memory."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(x):
    return np.asfortranarray(x[2:-2, 2:-2])


RECIPE = Recipe(
    id="fortran",
    target="trim",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
