"""Of equal keys the second list's come first, which is seldom seen."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(first, second):
    return sorted(second + first, key=lambda pair: pair[0])


RECIPE = Recipe(
    id="other-first",
    target="merging",
    touches={"merge"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, merge=g),
)
