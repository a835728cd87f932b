"""Remembers the dict object; its values may have been set since."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.shares.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


_KNOWN = {}


def g(amounts):
    if id(amounts) not in _KNOWN:
        _KNOWN[id(amounts)] = (amounts, f(amounts))
    return dict(_KNOWN[id(amounts)][1])


RECIPE = Recipe(
    id="by-id",
    target="shares",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
