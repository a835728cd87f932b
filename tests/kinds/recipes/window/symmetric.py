"""The symmetric window of the same length, remembered."""

import functools
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


@functools.cache
def g(n):
    return np.hanning(n)


RECIPE = Recipe(
    id="symmetric",
    target="window",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
