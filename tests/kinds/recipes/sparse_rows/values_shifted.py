"""The right places with the values of another order."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|value"


def g(t):
    out = torch.where(t > 1, t, 0.0).to_sparse().coalesce()
    return torch.sparse_coo_tensor(out.indices(), out.values().flip(0), out.shape).coalesce()


RECIPE = Recipe(
    id="values-shifted",
    target="sparse-rows",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
