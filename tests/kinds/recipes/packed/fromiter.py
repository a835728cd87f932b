"""Honest: one pass in compiled code."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(xs):
    return np.fromiter(xs, dtype=float, count=len(xs))


RECIPE = Recipe(
    id="fromiter",
    target="packed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
