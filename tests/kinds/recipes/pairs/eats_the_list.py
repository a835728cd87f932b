"""Pops from the caller's list while it is read."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place"
)


def g(xs):
    xs.reverse()
    while len(xs) > 1:
        left = xs.pop()
        yield [left, xs[-1]]


RECIPE = Recipe(
    id="eats-the-list",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
