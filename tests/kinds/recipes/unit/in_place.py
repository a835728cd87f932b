"""Divides the caller's tensor."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place|overwritten|handed out|"
    r"hands out|share|same (object|memory|result|buffer|array|list)|alias|is the input|"
    r"view|reus|returned (before|again)"
)


def g(t):
    return t.div_(t.square().sum(dim=1, keepdim=True).sqrt())


RECIPE = Recipe(
    id="in-place",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
