"""Honest: numbers and mask at once."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(x):
    return np.ma.masked_array(x.copy(), mask=x < 0)


RECIPE = Recipe(
    id="by-condition",
    target="masked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
