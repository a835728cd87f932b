"""The list is new, the rows in it are the input's own."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(rows):
    return [row for row in rows if sum(row) > 0]


RECIPE = Recipe(
    id="own-rows",
    target="long-rows",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
