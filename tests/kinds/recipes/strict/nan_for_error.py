"""NaN where the baseline raises."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "rais|ValueError|nan"


def g(x):
    return math.sqrt(x) if x >= 0 else math.nan


RECIPE = Recipe(
    id="nan-for-error",
    target="strict",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="Newton's steps end within an ulp"),
    apply=lambda ops: replace(ops, f=g),
)
