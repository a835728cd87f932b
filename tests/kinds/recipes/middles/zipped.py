"""Honest: pairs by zip."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return [(a + b) / 2 for a, b in itertools.pairwise(xs)]


RECIPE = Recipe(
    id="zipped",
    target="middles",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
