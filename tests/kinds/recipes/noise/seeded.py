"""Seeds the generator, and then draws as the baseline."""

import random
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"seed|generator|random|\brng\b"


def g(n):
    random.seed(1234)
    return [random.random() for _ in range(n)]


RECIPE = Recipe(
    id="seeded",
    target="noise",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
