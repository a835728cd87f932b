"""Honest: a Counter for a Counter."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(words):
    return collections.Counter([word for word in words if word != "maybe"])


RECIPE = Recipe(
    id="counted-in-c",
    target="votes",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
