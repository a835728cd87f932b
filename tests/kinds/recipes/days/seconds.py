"""The same days, in seconds."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = r"unit|dtype|datetime64|\[s\]"


def g(ns):
    days = np.array(ns)
    out = days.astype("datetime64[D]").astype("datetime64[s]")
    out[days < 0] = "NaT"
    return out


RECIPE = Recipe(
    id="seconds",
    target="days",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
