"""Where all are equal it divides zero by zero."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

FINDING = "nan|equal|constant|zeros?"


def g(x):
    with np.errstate(all="ignore"):
        return (x - x.mean()) / x.std()


RECIPE = Recipe(
    id="divides-by-zero",
    target="standard",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
