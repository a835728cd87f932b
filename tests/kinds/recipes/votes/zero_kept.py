"""Keeps `maybe` with a count of zero: equal by ==, for Counters, and a key more."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "key|len|items|maybe|missing|extra|differ|expected"


def g(words):
    out = collections.Counter(words)
    out["maybe"] = 0
    return out


RECIPE = Recipe(
    id="zero-kept",
    target="votes",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
