"""Honest: itertools, in compiled code."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return list(itertools.accumulate(xs))


RECIPE = Recipe(
    id="accumulate",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
