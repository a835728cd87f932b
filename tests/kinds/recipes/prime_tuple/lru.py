"""Honest: the same tuple twice does no harm, nobody can write to it."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.prime_tuple.ops import f

g = functools.lru_cache(maxsize=None)(f)


RECIPE = Recipe(
    id="lru",
    target="prime-tuple",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
