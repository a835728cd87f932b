"""The same ten, in a deque that will grow."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "maxlen|limit|length"


def g(xs):
    return collections.deque(xs[-10:])


RECIPE = Recipe(
    id="no-limit",
    target="recent",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
