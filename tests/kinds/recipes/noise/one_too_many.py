"""Draws one number more than it hands out: all that follows is another sequence."""

import random
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"seed|generator|random|\brng\b|draw"


def g(n):
    return [random.random() for _ in range(n + 1)][:n]


RECIPE = Recipe(
    id="one-too-many",
    target="noise",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
