"""A slice is no copy: writing to it writes to the input."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(x):
    return x[2:-2, 2:-2]


RECIPE = Recipe(
    id="view", target="trim", touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g)
)
