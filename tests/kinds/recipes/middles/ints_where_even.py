"""Ints where the sum is even: 3 for 3.0."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"type|\bint\b|float|kind"


def g(xs):
    return [s // 2 if (s := a + b) % 2 == 0 else s / 2 for a, b in itertools.pairwise(xs)]


RECIPE = Recipe(
    id="ints-where-even",
    target="middles",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
