"""statistics.mean raises where the list is empty."""

import statistics
from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = r"empty|\[\]|no (item|element|number)|length 0|len 0|size 0|least one|zero (item|element|length)"


def g(xs):
    return float(statistics.mean(xs))


RECIPE = Recipe(
    id="statistics",
    target="mean",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
