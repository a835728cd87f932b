"""The famous [[0] * n] * n: all rows are one list."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(n):
    return [[0] * n] * n


RECIPE = Recipe(
    id="one-row",
    target="grid",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
