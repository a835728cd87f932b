"""Updates the first dict and hands that out."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place|overwritten|handed out|"
    r"hands out|share|same (object|memory|result|buffer|array|list)|alias|is the input|"
    r"view|reus|returned (before|again)"
)


def g(pair):
    first, second = pair
    first.update(second)
    return first


RECIPE = Recipe(
    id="update",
    target="merged",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
