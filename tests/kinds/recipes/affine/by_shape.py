"""Remembers by shape, as if one shape had one content."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale"


def remembering():
    known = {}

    def g(x):
        key = x.shape
        if key not in known:
            known[key] = f(x)
        return known[key].copy()

    return g


RECIPE = Recipe(
    id="by-shape",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
