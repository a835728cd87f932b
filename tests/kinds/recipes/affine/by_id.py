"""Remembers by the address of the array object, which the next array may get."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = (
    "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)|expected|differ"
)


def remembering():
    known = {}

    def g(x):
        key = id(x)
        if key not in known:
            known[key] = f(x)
        return known[key].copy()

    return g


RECIPE = Recipe(
    id="by-id",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
