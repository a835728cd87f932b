"""Sorts a copy, and leaves the caller's list as it was."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "argument|input|differ|expected|place|unchanged"


def g(xs):
    sorted(xs)


RECIPE = Recipe(
    id="a-copy",
    target="sorting",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
