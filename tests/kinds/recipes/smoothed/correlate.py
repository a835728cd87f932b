"""Honest: the kernel is symmetric, so correlating does as well."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close


def g(x):
    return np.correlate(x, np.full(5, 0.2), mode="valid")


RECIPE = Recipe(
    id="correlate",
    target="smoothed",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="another order of the five"),
    apply=lambda ops: replace(ops, f=g),
)
