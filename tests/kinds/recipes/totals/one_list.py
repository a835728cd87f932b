"""Clears and fills one list."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def reusing():
    out = []

    def g(xs):
        out[:] = itertools.accumulate(xs)
        return out

    return g


RECIPE = Recipe(
    id="one-list",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=reusing()),
)
