"""Looks at lengths that do not occur, and so leaves empty lists."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "key|len|items|differ|expected"


def g(words):
    out = collections.defaultdict(list)
    for word in words:
        out[len(word)].append(word)
    longest = max(len(out[n]) for n in range(7))
    assert longest
    return out


RECIPE = Recipe(
    id="touched",
    target="grouped",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
