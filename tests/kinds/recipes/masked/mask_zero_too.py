"""Masks what is small too: other elements are hidden, no number is changed."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "mask"


def g(x):
    return np.ma.masked_array(x.copy(), mask=x < 0.05)


RECIPE = Recipe(
    id="mask-zero-too",
    target="masked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
