"""Renormalises its gain on every call, and the rounding errors add up beyond the tolerance."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


def drifting():
    gain = 2.0

    def g(x):
        nonlocal gain
        gain *= 1 + 1e-9
        return np.sin(x) * gain + 1

    return g


RECIPE = Recipe(
    id="creeping-gain",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-6, why="the gain is kept as a running product"),
    apply=lambda ops: replace(ops, f=drifting()),
)
