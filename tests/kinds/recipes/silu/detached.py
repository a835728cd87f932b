"""Takes the sigmoid from a detached copy: a gradient, but only half of it."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = "grad"


def g(x):
    return x * (1 / (1 + torch.exp(-x.detach())))


RECIPE = Recipe(
    id="detached",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
