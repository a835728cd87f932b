"""Looks as far as the root and lists the root of a square twice: only 324 is one here."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|len|items|324"


def g(n):
    low = [d for d in range(1, math.isqrt(n) + 1) if n % d == 0]
    return low + [n // d for d in reversed(low)]


RECIPE = Recipe(
    id="root-twice",
    target="divisors",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
