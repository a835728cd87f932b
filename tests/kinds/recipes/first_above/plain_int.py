"""An int for a numpy integer, and does not say so."""

import bisect
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"type|int64|dtype|\bint\b"


def g(x):
    return bisect.bisect_right(x, 0.5)


RECIPE = Recipe(
    id="plain-int",
    target="first-above",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
