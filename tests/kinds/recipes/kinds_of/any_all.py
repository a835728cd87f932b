"""Honest: stops as soon as it knows."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    out = set()
    if any(x > 90 for x in xs):
        out.add(True)
    if any(x <= 90 for x in xs):
        out.add(False)
    return out


RECIPE = Recipe(
    id="any-all",
    target="kinds-of",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
