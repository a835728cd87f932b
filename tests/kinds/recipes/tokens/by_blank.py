"""By single blanks: wrong where two stand side by side, or a tab."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|key|len|items"


def g(line):
    return line.split(" ")


RECIPE = Recipe(
    id="by-blank",
    target="tokens",
    touches={"split"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, split=g),
)
