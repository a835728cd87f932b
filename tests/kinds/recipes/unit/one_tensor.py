"""Every result is written into one tensor."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


_OUT = torch.empty(32, 16)


def g(t):
    return torch.div(t, t.square().sum(dim=1, keepdim=True).sqrt(), out=_OUT)


RECIPE = Recipe(
    id="one-tensor",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
