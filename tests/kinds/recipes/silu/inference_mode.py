"""Its result is an inference tensor, which cannot be saved for backward."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

from ...sample_targets.silu.ops import f

CAUGHT = "grad|inference"


def g(x):
    with torch.inference_mode():
        return f(x)


RECIPE = Recipe(
    id="inference-mode",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
