"""Holds a copy of itself, which ends."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "itself|cycl|recurs|differ|expected|len|items|type"


def g(xs):
    return [*xs, [*xs, None]]


RECIPE = Recipe(
    id="one-level",
    target="ring-list",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
