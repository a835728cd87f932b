"""Saves the temporary arrays by writing into its argument, and hands that out."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place"
)


def g(x):
    np.sin(x, out=x)
    x *= 2
    x += 1
    return x


RECIPE = Recipe(
    id="into-the-input",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
