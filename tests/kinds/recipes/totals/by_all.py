"""Honest: remembers by all elements and hands out copies."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.totals.ops import f


def remembering():
    kept = functools.lru_cache(maxsize=64)(lambda key: f(list(key)))
    return lambda xs: list(kept(tuple(xs)))


RECIPE = Recipe(
    id="by-all",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
