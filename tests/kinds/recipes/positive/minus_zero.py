"""Multiplies by the mask: what was negative becomes -0.0."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"-0\.0|sign|bit|differ|expected"


def g(x):
    return x * (x >= 0)


RECIPE = Recipe(
    id="minus-zero",
    target="positive",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
