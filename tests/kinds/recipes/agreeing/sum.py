"""Honest: the builtin."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return sum(xs)


RECIPE = Recipe(
    id="sum",
    target="agreeing",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
