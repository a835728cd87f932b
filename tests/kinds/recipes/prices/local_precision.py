"""Honest: in a decimal context of its own, which ends with the call."""

import decimal
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(cents):
    with decimal.localcontext(prec=9):
        return [decimal.Decimal(c).scaleb(-2) for c in cents]


RECIPE = Recipe(
    id="local-precision",
    target="prices",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
