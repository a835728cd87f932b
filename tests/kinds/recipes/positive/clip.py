"""Honest: numpy's own maximum."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(x):
    return np.maximum(x, 0.0)


RECIPE = Recipe(
    id="clip",
    target="positive",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
