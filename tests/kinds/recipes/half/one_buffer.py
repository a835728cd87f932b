"""Keeps one bfloat16 buffer and hands it out each time."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def buffered():
    out = torch.empty(16, 32, dtype=torch.bfloat16)

    def g(t):
        torch.mul(t, 1.5, out=out)
        return out.add_(0.25)

    return g


RECIPE = Recipe(
    id="one-buffer",
    target="half",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=buffered()),
)
