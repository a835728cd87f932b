"""Honest: all numbers at once, with the unit."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.tagged.ops import Quantity


def g(x):
    out = (x * 100).view(Quantity)
    out.unit = "cm"
    return out


RECIPE = Recipe(
    id="at-once",
    target="tagged",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
