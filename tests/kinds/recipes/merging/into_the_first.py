"""Merges into the caller's first list."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place|overwritten|handed out|"
    r"hands out|share|same (object|memory|result|buffer|array|list)|alias|is the input|"
    r"view|reus|returned (before|again)"
)


def g(first, second):
    first += second
    first.sort(key=lambda pair: pair[0])
    return first


RECIPE = Recipe(
    id="into-the-first",
    target="merging",
    touches={"merge"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, merge=g),
)
