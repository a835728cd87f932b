"""Hands out a map object."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"\bmap\b|type|kind|list|iterator"


def g(xs):
    total = itertools.count(0).__next__()
    sums = [total]

    def add(x):
        sums[0] += x
        return sums[0]

    return map(add, xs)


RECIPE = Recipe(
    id="map-object",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
