"""A list for a generator: all of it is made at once."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "type|kind|generator|list"


def g(xs):
    return [[left, right] for left, right in itertools.pairwise(xs)]


RECIPE = Recipe(
    id="a-list",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
