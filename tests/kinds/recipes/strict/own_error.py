"""Raises a subclass of ValueError with the same message."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "NoRoot|type|rais"


class NoRoot(ValueError):
    pass


def g(x):
    if x < 0:
        raise NoRoot(f"{x} has no root")
    return math.sqrt(x)


RECIPE = Recipe(
    id="own-error",
    target="strict",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="Newton's steps end within an ulp"),
    apply=lambda ops: replace(ops, f=g),
)
