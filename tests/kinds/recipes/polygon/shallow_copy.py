"""A copy of the object, but all copies share one list of corners."""

import copy
import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.polygon.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


kept = functools.lru_cache(maxsize=None)(f)


def g(n):
    return copy.copy(kept(n))


RECIPE = Recipe(
    id="shallow-copy",
    target="polygon",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
