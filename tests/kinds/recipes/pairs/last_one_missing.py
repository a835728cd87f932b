"""Ends one pair early."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "len|items|short|fewer|ends|expected|missing"


def g(xs):
    for i in range(len(xs) - 2):
        yield [xs[i], xs[i + 1]]


RECIPE = Recipe(
    id="last-one-missing",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
