"""Where one time is unknown it says zero seconds."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "NaT|differ|expected"


def g(seconds):
    s = np.array(seconds)
    times = s.astype("datetime64[s]")
    times[s % 50 == 0] = np.datetime64("NaT")
    out = np.diff(times)
    out[np.isnat(out)] = 0
    return out


RECIPE = Recipe(
    id="nat-as-zero",
    target="intervals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
