"""Floats in the same object array, which are nearly as good."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "Fraction|type|float|differ|expected"


def g(pairs):
    return np.array([a / b for a, b in pairs], dtype=object)


RECIPE = Recipe(
    id="floats",
    target="ratios",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
