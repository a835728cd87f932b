"""Honest: a new object around a new list; the corners themselves are tuples."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.polygon.ops import Polygon, f

kept = functools.lru_cache(maxsize=None)(f)


def g(n):
    return Polygon(list(kept(n).corners))


RECIPE = Recipe(
    id="rebuilt",
    target="polygon",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
