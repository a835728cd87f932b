"""Honest: one common denominator, reduced once."""

import fractions
import math
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(pairs):
    common = math.lcm(*(b for _, b in pairs))
    return fractions.Fraction(sum(a * (common // b) for a, b in pairs), common)


RECIPE = Recipe(
    id="common-denominator",
    target="fraction-sum",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
