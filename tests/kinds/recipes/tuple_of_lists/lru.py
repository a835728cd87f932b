"""The tuple cannot be changed, the lists in it can, and they are handed out twice."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.tuple_of_lists.ops import f

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def remembering():
    return functools.lru_cache(maxsize=None)(f)


RECIPE = Recipe(
    id="lru",
    target="tuple-of-lists",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
