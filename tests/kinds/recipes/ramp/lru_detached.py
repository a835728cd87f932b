"""detach() makes a new tensor over the same memory, and is no copy."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.ramp.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


kept = functools.lru_cache(maxsize=None)(f)


def g(n):
    return kept(n).detach()


RECIPE = Recipe(
    id="lru-detached",
    target="ramp",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
