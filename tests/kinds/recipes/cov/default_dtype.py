"""Makes float64 the default dtype of all new tensors."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "default.?dtype|dtype"


_DONE = []


def g(t):
    if not _DONE:
        _DONE.append(True)
        torch.set_default_dtype(torch.float64)
    return t @ t.t()


RECIPE = Recipe(
    id="default-dtype",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
