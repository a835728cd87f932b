"""The same frame, but its attrs do not say by what."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "attrs"


def g(df):
    out = df.sort_values("score")
    out["rank"] = np.arange(len(out))
    return out


RECIPE = Recipe(
    id="attrs-lost",
    target="ranked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
