"""Goes through numpy, and comes back without a history but with requires_grad set."""

from dataclasses import replace

import numpy as np
import torch

from perfkit.recipe import Recipe, close

CAUGHT = "grad|leaf|history"


def g(x):
    a = x.detach().numpy()
    return torch.from_numpy(a * (1 / (1 + np.exp(-a)))).requires_grad_()


RECIPE = Recipe(
    id="through-numpy",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-9, why="exp of numpy"),
    apply=lambda ops: replace(ops, f=g),
)
