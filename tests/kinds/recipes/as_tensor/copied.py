"""Honest: torch.tensor copies the array."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact


def g(x):
    return torch.tensor(x)


RECIPE = Recipe(
    id="copied",
    target="as-tensor",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
