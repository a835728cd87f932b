"""Turns the caller's amounts into shares."""

import math
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place"
)


def g(amounts):
    total = math.fsum(amounts.values())
    for name in amounts:
        amounts[name] /= total
    return dict(amounts)


RECIPE = Recipe(
    id="in-place",
    target="shares",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="another order of the sum"),
    apply=lambda ops: replace(ops, f=g),
)
