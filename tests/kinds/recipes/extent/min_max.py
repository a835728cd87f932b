"""Honest: the builtins, in the same namedtuple."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.extent.ops import Extent


def g(xs):
    return Extent(min(xs), max(xs))


RECIPE = Recipe(
    id="min-max",
    target="extent",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
