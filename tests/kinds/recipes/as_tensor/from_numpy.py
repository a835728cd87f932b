"""from_numpy shares the memory of the array."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(x):
    return torch.from_numpy(x)


RECIPE = Recipe(
    id="from-numpy",
    target="as-tensor",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
