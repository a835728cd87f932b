"""Right unless the table holds x itself, which it does now and then."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(table, x):
    return bisect.bisect_right(table, x)


RECIPE = Recipe(
    id="bisect-right",
    target="lookup",
    touches={"find"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, find=g),
)
