"""Asks torch for deterministic algorithms."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "determinis"


def g(t):
    return t @ t.t()


def prepared(ops):
    torch.use_deterministic_algorithms(True)
    return replace(ops, f=g)


RECIPE = Recipe(
    id="deterministic",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=prepared,
)
