"""64-bit integers wrap where Python's do not."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

FINDING = r"overflow|large|big|wrap|\d{9,}|2\*\*|empty"


def g(xs):
    a = np.array(xs, dtype=np.int64)
    return int(a @ a)


RECIPE = Recipe(
    id="int64",
    target="squares-sum",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
