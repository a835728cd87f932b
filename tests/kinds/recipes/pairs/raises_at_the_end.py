"""Raises after the last pair."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.pairs.ops import f

CAUGHT = "rais|ValueError|no right"


def g(xs):
    yield from f(xs)
    raise ValueError("no right neighbour")


RECIPE = Recipe(
    id="raises-at-the-end",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
