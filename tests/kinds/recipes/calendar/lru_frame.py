"""One frame for all: a column that one caller adds, all others see."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.calendar.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


g = functools.lru_cache(maxsize=None)(f)


RECIPE = Recipe(
    id="lru-frame",
    target="calendar",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
