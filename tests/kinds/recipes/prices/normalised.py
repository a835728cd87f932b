"""1.50 becomes 1.5: equal, and prints differently."""

import decimal
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "exponent|Decimal|differ|expected|digit"


def g(cents):
    return [(decimal.Decimal(c) / 100).normalize() for c in cents]


RECIPE = Recipe(
    id="normalised",
    target="prices",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
