"""Remembers by id(xs): a list that the caller has changed is not looked at again."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.totals.ops import f

CAUGHT = (
    "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)|expected|differ"
)


_KNOWN = {}


def g(xs):
    if id(xs) not in _KNOWN:
        _KNOWN[id(xs)] = f(xs)
    return _KNOWN[id(xs)][:]


RECIPE = Recipe(
    id="by-id",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
