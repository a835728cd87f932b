"""Does not take the maximum out: infinite from 710 on."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

FINDING = r"inf|overflow|large|huge|extreme|e\+?\d+"


def g(x):
    return np.log(np.exp(x).sum())


RECIPE = Recipe(
    id="unsafe",
    target="logsum",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-9, why="another order of the sum"),
    apply=lambda ops: replace(ops, f=g),
)
