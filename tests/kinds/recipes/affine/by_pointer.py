"""Remembers by where the numbers lie, not by what they are."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = (
    "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)|expected|differ"
)


_KNOWN = {}


def g(x):
    key = x.__array_interface__["data"][0]
    if key not in _KNOWN:
        _KNOWN[key] = f(x)
    return _KNOWN[key].copy()


RECIPE = Recipe(
    id="by-pointer",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
