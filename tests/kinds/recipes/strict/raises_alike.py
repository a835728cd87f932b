"""Honest: raises the same where the baseline raises."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, close


def g(x):
    if x < 0:
        raise ValueError(f"{x} has no root")
    return math.sqrt(x)


RECIPE = Recipe(
    id="raises-alike",
    target="strict",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="Newton's steps end within an ulp"),
    apply=lambda ops: replace(ops, f=g),
)
