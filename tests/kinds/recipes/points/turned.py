"""Honest: built turned."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.points.ops import Point


def g(rows):
    return [Point(-y, x) for x, y in rows]


RECIPE = Recipe(
    id="turned",
    target="points",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
