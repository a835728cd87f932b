"""All pairs are one list: right while one looks at each before the next."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)|item|differ|expected"
)


def g(xs):
    pair = [0, 0]
    for pair[0], pair[1] in itertools.pairwise(xs):
        yield pair


RECIPE = Recipe(
    id="one-list",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
