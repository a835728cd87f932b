"""Honest: one mask, the same sparse tensor."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(t):
    return (t * (t > 1)).to_sparse()


RECIPE = Recipe(
    id="from-mask",
    target="sparse-rows",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
