"""The same integers under another scale."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = "scale|quanti|differ|expected"


def g(t):
    return torch.quantize_per_tensor(t * 2, 0.1, 128, torch.quint8)


RECIPE = Recipe(
    id="other-scale",
    target="quantised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
