"""The same numbers, and no unit."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.tagged.ops import Quantity

CAUGHT = "unit|attribut|cm|None"


def g(x):
    return (x * 100).view(Quantity)


RECIPE = Recipe(
    id="unit-lost",
    target="tagged",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
