"""The same object for every caller, who may set its label."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.polygon.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def remembering():
    return functools.lru_cache(maxsize=None)(f)


RECIPE = Recipe(
    id="lru-object",
    target="polygon",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
