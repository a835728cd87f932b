"""Raises the price of the caller's own items."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place|overwritten|handed out|"
    r"hands out|share|same (object|memory|result|buffer|array|list)|alias|is the input|"
    r"view|reus|returned (before|again)"
)


def g(items):
    for item in items:
        item.price *= 1.1
    return items[:]


RECIPE = Recipe(
    id="same-items",
    target="raised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
