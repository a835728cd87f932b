"""Remembers by the first ten elements."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.totals.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


_KNOWN = {}


def g(xs):
    key = tuple(xs[:10])
    if key not in _KNOWN:
        _KNOWN[key] = f(xs)
    return list(_KNOWN[key])


RECIPE = Recipe(
    id="by-first-ten",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
