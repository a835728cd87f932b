"""Remembers by repr(x), in which numpy leaves out all but six numbers."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


def remembering():
    known = {}

    def g(x):
        key = repr(x)
        if key not in known:
            known[key] = f(x)
        return known[key].copy()

    return g


RECIPE = Recipe(
    id="by-repr",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
