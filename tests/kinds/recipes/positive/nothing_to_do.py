"""Where nothing is negative, which is often, the result is the input itself."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(x):
    return x if x.min() >= 0 else np.maximum(x, 0.0)


RECIPE = Recipe(
    id="nothing-to-do",
    target="positive",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
