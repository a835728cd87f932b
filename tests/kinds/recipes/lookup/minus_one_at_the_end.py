"""Says -1 where all entries are below x."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|-1"


def g(table, x):
    i = bisect.bisect_left(table, x)
    return i if i < len(table) else -1


RECIPE = Recipe(
    id="minus-one-at-the-end",
    target="lookup",
    touches={"find"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, find=g),
)
