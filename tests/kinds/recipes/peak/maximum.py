"""Honest: hands NaN on."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(x):
    return np.maximum.reduce(x)


RECIPE = Recipe(
    id="maximum",
    target="peak",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
