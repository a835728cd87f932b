"""By way of a dict: of equal keys one is left."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|len|items"


def g(first, second):
    merged = dict(second)
    merged.update(first)
    return sorted(merged.items())


RECIPE = Recipe(
    id="by-dict",
    target="merging",
    touches={"merge"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, merge=g),
)
