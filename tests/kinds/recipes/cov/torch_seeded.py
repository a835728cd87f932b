"""Seeds torch's generator."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = r"seed|generator|random|\brng\b"


def g(t):
    torch.manual_seed(0)
    return t @ t.t()


RECIPE = Recipe(
    id="torch-seeded",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
