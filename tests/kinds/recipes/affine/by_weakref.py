"""Takes the array that it saw last, told by a weak reference, for an unchanged one."""

import weakref
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


def remembering():
    last = None
    result = None

    def g(x):
        nonlocal last, result
        if last is None or last() is not x:
            last, result = weakref.ref(x), f(x)
        return result.copy()

    return g


RECIPE = Recipe(
    id="by-weakref",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
