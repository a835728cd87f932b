"""Honest for these words, which are all of small letters."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = "for an empty string: the baseline raises IndexError"


def g(text):
    return " ".join(map(str.capitalize, text.split(" ")))


RECIPE = Recipe(
    id="capitalize",
    target="titles",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
