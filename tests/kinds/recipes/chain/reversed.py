"""Honest: the same chain; no walker may recurse into it."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    out = None
    for x in reversed(xs):
        out = [x, out]
    return out


RECIPE = Recipe(
    id="reversed",
    target="chain",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
