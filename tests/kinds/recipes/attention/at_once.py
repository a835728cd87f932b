"""Honest: all rows at once."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close


def g(t):
    return torch.softmax(t, dim=1)


RECIPE = Recipe(
    id="at-once",
    target="attention",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="another order of the sum"),
    apply=lambda ops: replace(ops, f=g),
)
