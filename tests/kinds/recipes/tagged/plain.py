"""A plain array for a Quantity."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "type|Quantity|subclass|class"


def g(x):
    return x * 100


RECIPE = Recipe(
    id="plain",
    target="tagged",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
