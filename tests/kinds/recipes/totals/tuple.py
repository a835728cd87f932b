"""A tuple for a list."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "type|tuple|kind"


def g(xs):
    return tuple(itertools.accumulate(xs))


RECIPE = Recipe(
    id="tuple",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
