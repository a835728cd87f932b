"""A list of numpy integers, which are no ints."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "type|int64|kind|dtype"


def g(xs):
    return list(np.cumsum(xs))


RECIPE = Recipe(
    id="numpy-items",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
