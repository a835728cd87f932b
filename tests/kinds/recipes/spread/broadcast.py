"""All rows are the input's own memory, and read-only."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)|read.?only|writ"
)


def g(row):
    return np.broadcast_to(row, (25, *row.shape))


RECIPE = Recipe(
    id="broadcast",
    target="spread",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
