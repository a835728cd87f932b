"""Holds the last array itself and asks `is`: safe from recycled addresses, not from a caller who writes."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


class Last:
    x = None
    result = None


def g(x):
    if Last.x is not x:
        Last.x, Last.result = x, f(x)
    return Last.result.copy()


RECIPE = Recipe(
    id="by-held-object",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
