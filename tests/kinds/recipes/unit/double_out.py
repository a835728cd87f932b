"""Computes in double precision and forgets to go back."""

from dataclasses import replace

from perfkit.recipe import Recipe, close

from ...sample_targets.unit.ops import f

CAUGHT = "dtype|float64|double"


def g(t):
    return f(t.double())


RECIPE = Recipe(
    id="double-out",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-5, why="the norm is summed in another order"),
    apply=lambda ops: replace(ops, f=g),
)
