"""Honest: halves the sorted table."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(table, x):
    return bisect.bisect_left(table, x)


RECIPE = Recipe(
    id="bisect-left",
    target="lookup",
    touches={"find"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, find=g),
)
