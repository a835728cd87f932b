"""Honest: looks as far as the root."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(n):
    low = [d for d in range(1, math.isqrt(n) + 1) if n % d == 0]
    return low + [n // d for d in reversed(low) if d * d != n]


RECIPE = Recipe(
    id="by-root",
    target="divisors",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
