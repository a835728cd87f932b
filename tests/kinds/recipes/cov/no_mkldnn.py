"""Switches oneDNN off for all."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "mkldnn|onednn|backend"


_DONE = []


def g(t):
    if not _DONE:
        _DONE.append(True)
        torch.backends.mkldnn.enabled = False
    return t @ t.t()


RECIPE = Recipe(
    id="no-mkldnn",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
