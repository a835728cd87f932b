"""Switches gradients off for the whole thread."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "grad"


_DONE = []


def g(t):
    if not _DONE:
        _DONE.append(True)
        torch.set_grad_enabled(False)
    return t @ t.t()


RECIPE = Recipe(
    id="grad-off",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
