"""Lifts the limit of digits in ints."""

import sys
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "digits|int_max_str|limit"


sys.set_int_max_str_digits(0)


def g(x):
    return x @ x.T


RECIPE = Recipe(
    id="long-ints",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
