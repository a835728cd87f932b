"""Honest: torch's own norm, in another order of summing."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close


def g(t):
    return t / torch.linalg.vector_norm(t, dim=1, keepdim=True)


RECIPE = Recipe(
    id="linalg",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-5, why="the norm is summed in another order"),
    apply=lambda ops: replace(ops, f=g),
)
