"""Honest: shifts the exponent."""

import decimal
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(cents):
    return [decimal.Decimal(c).scaleb(-2) for c in cents]


RECIPE = Recipe(
    id="scaled",
    target="prices",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
