"""Remembers by dtype alone."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale"


_KNOWN = {}


def g(x):
    key = x.dtype.str
    if key not in _KNOWN:
        _KNOWN[key] = f(x)
    return _KNOWN[key].copy()


RECIPE = Recipe(
    id="by-dtype",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
