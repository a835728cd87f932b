"""reduceat gives an empty segment its first value, not 0; fails at an offset at the end."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(values, offsets):
    padded = np.append(values, 0)
    return np.add.reduceat(padded, offsets)[:-1]


RECIPE = Recipe(
    id="reduceat",
    target="segments",
    touches={"sums"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, sums=g),
)
