"""numpy's default sort is not stable: equal numbers change places."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

FINDING = "equal|tie|constant|duplicat|repeat|zeros?"


def g(x):
    return np.argsort(-x)[::-1].copy()


RECIPE = Recipe(
    id="unstable",
    target="ranks",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
