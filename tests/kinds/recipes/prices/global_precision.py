"""Sets the precision of the thread's decimal context and leaves it so."""

import decimal
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "decimal|prec|context"


def g(cents):
    decimal.getcontext().prec = 9
    return [decimal.Decimal(c).scaleb(-2) for c in cents]


RECIPE = Recipe(
    id="global-precision",
    target="prices",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
