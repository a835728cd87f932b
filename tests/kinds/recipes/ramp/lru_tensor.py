"""One tensor an n, handed out again and again."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.ramp.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


g = functools.lru_cache(maxsize=8)(f)


RECIPE = Recipe(
    id="lru-tensor",
    target="ramp",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
