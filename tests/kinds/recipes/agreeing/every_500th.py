"""Now and then forgets an element: the first from every 500th call."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


def counting():
    calls = itertools.count(1)

    def g(xs):
        return sum(xs) if next(calls) % 500 else sum(xs[1:])

    return g


RECIPE = Recipe(
    id="every-500th",
    target="agreeing",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=counting()),
)
