"""The same numbers in another byte order: another dtype."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "dtype|byte.?order|endian|>f8"


def g(xs):
    return np.array(xs, dtype=">f8")


RECIPE = Recipe(
    id="big-endian",
    target="packed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
