"""Where the second is empty it hands out the first itself."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(pair):
    first, second = pair
    return {**first, **second} if second else first


RECIPE = Recipe(
    id="or-the-first",
    target="merged",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
