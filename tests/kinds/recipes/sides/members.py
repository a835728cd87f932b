"""Honest: the members themselves, which are shared by their nature."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.sides.ops import Side


def g(xs):
    left, right = Side.LEFT, Side.RIGHT
    return [right if x > 0 else left for x in xs]


RECIPE = Recipe(
    id="members",
    target="sides",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
