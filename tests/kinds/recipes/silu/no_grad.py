"""Computes under no_grad: nothing can be trained through it."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

from ...sample_targets.silu.ops import f

CAUGHT = "grad"


@torch.no_grad()
def g(x):
    return f(x)


RECIPE = Recipe(
    id="no-grad",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
