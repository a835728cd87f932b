"""Seeds numpy's global generator."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = r"seed|generator|random|\brng\b"


def g(n):
    np.random.seed(n)
    return np.random.random(n)


RECIPE = Recipe(
    id="seeded",
    target="np-noise",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
