"""Lowers the precision of all products."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "precision|matmul"


torch.set_float32_matmul_precision("medium")


def g(t):
    return t @ t.t()


RECIPE = Recipe(
    id="matmul-precision",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
