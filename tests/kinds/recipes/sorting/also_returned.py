"""Sorts in place and returns the list besides, where the baseline returns nothing."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "None|type|expected|differ|output"


def g(xs):
    xs.sort()
    return xs


RECIPE = Recipe(
    id="also-returned",
    target="sorting",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
