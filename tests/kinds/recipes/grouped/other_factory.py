"""A defaultdict whose factory is set, not list."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"factory|set\b"


def g(words):
    out = collections.defaultdict(set)
    for word in words:
        out.setdefault(len(word), []).append(word)
    return out


RECIPE = Recipe(
    id="other-factory",
    target="grouped",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
