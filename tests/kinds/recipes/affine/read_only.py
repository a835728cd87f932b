"""The same numbers, but the caller may no longer write to them."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "read.?only|writ"


def g(x):
    out = np.sin(x) * 2 + 1
    out.setflags(write=False)
    return out


RECIPE = Recipe(
    id="read-only",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
