"""Hands out a generator: nothing has been added yet."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "generator|type|kind|list"


def g(xs):
    total = 0
    for x in xs:
        total += x
        yield total


RECIPE = Recipe(
    id="generator",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
