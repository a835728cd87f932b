"""Sets torch's threads to three and leaves them so."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "thread"


torch.set_num_threads(3)


def g(t):
    return t @ t.t()


RECIPE = Recipe(
    id="torch-three",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
