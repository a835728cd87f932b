"""A frozenset equals the set, and cannot be added to."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "frozenset|type|kind"


def g(xs):
    return frozenset(x > 90 for x in xs)


RECIPE = Recipe(
    id="frozen",
    target="kinds-of",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
