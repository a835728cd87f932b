"""Honest: counted in C, then a plain dict."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(words):
    return dict(collections.Counter(words))


RECIPE = Recipe(
    id="counter-as-dict",
    target="tally",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
