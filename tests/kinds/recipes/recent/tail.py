"""Honest: the tail, with its limit."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return collections.deque(xs[-10:], maxlen=10)


RECIPE = Recipe(
    id="tail", target="recent", touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g)
)
