"""Honest: str.split, by any white space."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(line):
    return line.split()


RECIPE = Recipe(
    id="split",
    target="tokens",
    touches={"split"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, split=g),
)
