"""The same bytes under other names."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "dtype|name|field|years"


def g(ages):
    out = np.zeros(len(ages), dtype=[("years", "i4"), ("months", "i4")])
    out["years"] = ages
    out["months"] = np.multiply(ages, 12)
    return out


RECIPE = Recipe(
    id="other-names",
    target="records",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
