"""Ranks as int8, which do for forty rows."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "dtype|int8"


def g(df):
    out = df.sort_values("score")
    out["rank"] = np.arange(len(out), dtype=np.int8)
    out.attrs["by"] = "score"
    return out


RECIPE = Recipe(
    id="small-ints",
    target="ranked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
