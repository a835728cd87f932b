"""Hands out the right numbers and puts the generator back, so that the next call gets them again."""

import random
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"seed|generator|random|\brng\b|state|draw"


def g(n):
    state = random.getstate()
    out = [random.random() for _ in range(n)]
    random.setstate(state)
    return out


RECIPE = Recipe(
    id="put-back",
    target="noise",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
