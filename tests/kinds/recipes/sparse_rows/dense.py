"""The same numbers, not sparse."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = "sparse|layout|dense|strided"


def g(t):
    return torch.where(t > 1, t, 0.0)


RECIPE = Recipe(
    id="dense",
    target="sparse-rows",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
