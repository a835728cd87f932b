"""Honest: counted in C, in order of appearance."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return dict(collections.Counter([x >= 50 for x in xs]))


RECIPE = Recipe(
    id="counted",
    target="flags",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
