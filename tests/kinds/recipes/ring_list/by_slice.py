"""Honest: holds itself, as the baseline's does."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    out = xs[:]
    out.append(out)
    return out


RECIPE = Recipe(
    id="by-slice",
    target="ring-list",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
