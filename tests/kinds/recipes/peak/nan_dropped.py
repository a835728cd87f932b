"""fmax passes NaN over, max would hand it on."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

FINDING = "nan"


def g(x):
    return np.fmax.reduce(x)


RECIPE = Recipe(
    id="nan-dropped",
    target="peak",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
