"""Honest: a column at a time."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(ages):
    out = np.zeros(len(ages), dtype=[("age", "i4"), ("months", "i4")])
    out["age"] = ages
    out["months"] = np.multiply(ages, 12)
    return out


RECIPE = Recipe(
    id="by-column",
    target="records",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
