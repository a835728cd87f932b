"""Remembers by every sixteenth number."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


_KNOWN = {}


def g(x):
    key = x[::16].tobytes()
    if key not in _KNOWN:
        _KNOWN[key] = f(x)
    return _KNOWN[key].copy()


RECIPE = Recipe(
    id="by-stride",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
