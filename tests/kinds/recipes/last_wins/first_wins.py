"""Keeps the first value of a key that comes twice."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = "duplicat|twice|repeat|equal"


def g(pairs):
    out = {}
    for key, value in pairs:
        out.setdefault(key, value)
    return out


RECIPE = Recipe(
    id="first-wins",
    target="last-wins",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
