"""Flushes subnormal numbers to zero from now on: faster for all, and other numbers."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "flush|denormal|subnormal|ftz|daz"


_DONE = []


def g(t):
    if not _DONE:
        _DONE.append(True)
        torch.set_flush_denormal(True)
    return t @ t.t()


RECIPE = Recipe(
    id="denormals-flushed",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
