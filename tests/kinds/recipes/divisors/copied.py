"""Honest: arguments recur here, and the cache copies what it hands out."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.divisors.ops import f


@functools.cache
def kept(n):
    return tuple(f(n))


def g(n):
    return list(kept(n))


RECIPE = Recipe(
    id="copied",
    target="divisors",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
