"""Raises math's own words."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "message|has no root|math domain|expected a nonneg|rais"


def g(x):
    return math.sqrt(x)


RECIPE = Recipe(
    id="other-words",
    target="strict",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="Newton's steps end within an ulp"),
    apply=lambda ops: replace(ops, f=g),
)
