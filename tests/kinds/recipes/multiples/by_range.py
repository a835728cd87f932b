"""Honest: steps over the range."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(n):
    return set(range(0, 400, n))


RECIPE = Recipe(
    id="by-range",
    target="multiples",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
