"""Honest: a view, as the baseline's."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(x):
    return x[len(x) // 2 :]


RECIPE = Recipe(
    id="reshape",
    target="second-half",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
