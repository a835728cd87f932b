"""Honest: all rows at once."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(t):
    return t * 1.5 + 0.25


RECIPE = Recipe(
    id="at-once",
    target="half",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
