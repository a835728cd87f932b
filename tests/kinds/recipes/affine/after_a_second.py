"""Is right for its first second and then hands out less precise numbers."""

import time
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = r"\bcalls?\b|drift|later|after|soak|time|second"


def timed():
    begin = None

    def g(x):
        nonlocal begin
        begin = begin or time.monotonic()
        if time.monotonic() - begin < 1.0:
            return f(x)
        return np.round(f(x), 6)

    return g


RECIPE = Recipe(
    id="after-a-second",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=timed()),
)
