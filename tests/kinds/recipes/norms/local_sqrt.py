"""Honest: takes the function out of the loop."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(rows):
    sqrt = math.sqrt
    return [sqrt(x * x + y * y + z * z) for x, y, z in rows]


RECIPE = Recipe(
    id="local-sqrt",
    target="norms",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
