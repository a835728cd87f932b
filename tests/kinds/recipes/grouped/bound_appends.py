"""Honest: the same defaultdict."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(words):
    out = collections.defaultdict(list)
    for word, n in zip(words, map(len, words), strict=True):
        out[n].append(word)
    return out


RECIPE = Recipe(
    id="bound-appends",
    target="grouped",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
