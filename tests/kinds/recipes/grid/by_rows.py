"""Honest: a row at a time."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(n):
    return [[0] * n for _ in range(n)]


RECIPE = Recipe(
    id="by-rows",
    target="grid",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
