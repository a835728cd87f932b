"""Computes the spread when it is first asked for, which is after the clock has stopped."""

import functools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.summary.ops import Summary, f

CAUGHT = "Lazy|type|class|kind|attribut|field"


class Lazy(Summary):
    def __init__(self, xs):
        self.xs = xs

    @functools.cached_property
    def mean(self):
        return f(self.xs).mean

    @functools.cached_property
    def spread(self):
        return f(self.xs).spread


def g(xs):
    return Lazy(xs)


RECIPE = Recipe(
    id="cached-property",
    target="summary",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
