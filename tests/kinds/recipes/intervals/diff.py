"""Honest: np.diff keeps NaT."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(seconds):
    s = np.array(seconds)
    times = s.astype("datetime64[s]")
    times[s % 50 == 0] = np.datetime64("NaT")
    return np.diff(times)


RECIPE = Recipe(
    id="diff",
    target="intervals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
