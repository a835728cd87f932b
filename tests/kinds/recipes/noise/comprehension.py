"""Honest: draws the same numbers from the same generator."""

import random
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(n):
    draw = random.random
    return [draw() for _ in range(n)]


RECIPE = Recipe(
    id="comprehension",
    target="noise",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
