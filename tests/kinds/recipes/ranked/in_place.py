"""Sorts the caller's frame."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place|overwritten|handed out|"
    r"hands out|share|same (object|memory|result|buffer|array|list)|alias|is the input|"
    r"view|reus|returned (before|again)"
)


def g(df):
    df.sort_values("score", inplace=True)
    df["rank"] = np.arange(len(df))
    df.attrs["by"] = "score"
    return df


RECIPE = Recipe(
    id="in-place",
    target="ranked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
