"""Honest: every row is written."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(row):
    return np.repeat(row[None], 25, axis=0)


RECIPE = Recipe(
    id="repeat",
    target="spread",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
