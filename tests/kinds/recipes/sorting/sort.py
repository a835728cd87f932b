"""Honest: in place, as the baseline."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    xs.sort()


RECIPE = Recipe(
    id="sort",
    target="sorting",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
