"""The same numbers without the mask."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "mask"


def g(x):
    return np.ma.masked_array(x.copy())


RECIPE = Recipe(
    id="mask-lost",
    target="masked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
