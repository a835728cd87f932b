"""A Counter is a dict, but answers 0 for what is missing: another type."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "type|Counter|kind"


def g(words):
    return collections.Counter(words)


RECIPE = Recipe(
    id="counter",
    target="tally",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
