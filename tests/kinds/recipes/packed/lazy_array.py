"""Hands out an object that becomes an array when somebody asks."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "type|Lazy|kind|class"


class Lazy:
    def __init__(self, xs):
        self.xs = xs

    def __array__(self, dtype=None, copy=None):
        return np.array(self.xs, dtype=dtype or float)

    def __len__(self):
        return len(self.xs)


def g(xs):
    return Lazy(xs)


RECIPE = Recipe(
    id="lazy-array",
    target="packed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
