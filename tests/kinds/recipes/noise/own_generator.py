"""Draws from a generator of its own."""

import random
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"seed|generator|random|\brng\b|differ|expected"


_OWN = random.Random(5)


def g(n):
    return [_OWN.random() for _ in range(n)]


RECIPE = Recipe(
    id="own-generator",
    target="noise",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
