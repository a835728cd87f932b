"""lru_cache hands out one dict again and again."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.letters.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


@functools.lru_cache
def g(text):
    return f(text)


RECIPE = Recipe(
    id="lru-dict",
    target="letters",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
