"""Honest: Python's sort is stable, and finds the two runs."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(first, second):
    return sorted(first + second, key=lambda pair: pair[0])


RECIPE = Recipe(
    id="stable-sort",
    target="merging",
    touches={"merge"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, merge=g),
)
