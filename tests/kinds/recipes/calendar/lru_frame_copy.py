"""Honest: copies the remembered frame, deep."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.calendar.ops import f

kept = functools.lru_cache(maxsize=None)(f)


def g(n):
    return kept(n).copy()


RECIPE = Recipe(
    id="lru-frame-copy",
    target="calendar",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
