"""Sorts by way of a set: 60 of 1,000 numbers hold a pair more often than not."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "len|items|differ|expected|short"


def g(xs):
    xs[:] = sorted(set(xs))


RECIPE = Recipe(
    id="doubles-dropped",
    target="sorting",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
