"""Copies the row once; all 25 rows share it, so that writing to one writes to all."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)|overlap|stride"
)


def g(row):
    return np.lib.stride_tricks.as_strided(row.copy(), (25, len(row)), (0, row.itemsize), writeable=True)


RECIPE = Recipe(
    id="strided",
    target="spread",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
