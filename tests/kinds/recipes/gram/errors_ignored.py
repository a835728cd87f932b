"""Lets numpy ignore all floating-point errors from now on."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

CAUGHT = "seterr|errstate|floating.?point err|numpy.*err|err.*numpy|divide"


def g(x):
    np.seterr(all="ignore")
    return x @ x.T


RECIPE = Recipe(
    id="errors-ignored",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
