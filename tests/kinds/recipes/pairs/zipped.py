"""Honest: a generator for a generator, quicker inside."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return ([left, right] for left, right in itertools.pairwise(xs))


RECIPE = Recipe(
    id="zipped",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
